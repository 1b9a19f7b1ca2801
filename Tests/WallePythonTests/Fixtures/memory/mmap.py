# expect: stopped memory|raised PermissionError
# time: 20000
# child: true
# memory: 32
import mmap


def run():
    return len(mmap.mmap(-1, 1 << 30))
