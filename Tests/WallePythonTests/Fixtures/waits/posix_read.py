# expect: stopped time
# time: 200
# threads: 8
import os
import posix


def run():
    reader, writer = os.pipe()
    posix.read(reader, 1)
