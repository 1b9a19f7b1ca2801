# expect: stopped memory
# time: 20000
# child: true
# memory: 32
import zlib


def run():
    return len(zlib.decompress(zlib.compress(bytes(8 << 20), 9) * 1, bufsize=1 << 30))
