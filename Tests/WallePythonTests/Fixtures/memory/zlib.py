# expect: stopped memory
# time: 20000
# child: true
# memory: 32
import zlib


def run():
    return [zlib.compressobj() for _ in range(10_000)] and 1
