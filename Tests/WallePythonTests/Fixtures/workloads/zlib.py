import bz2
import lzma
import zlib


def run():
    data = b"".join(b"%d," % number for number in range(50_000))
    assert zlib.decompress(zlib.compress(data)) == data
    assert bz2.decompress(bz2.compress(data)) == data
    return len(lzma.decompress(lzma.compress(data, preset=1)))
