# expect: stopped time
# time: 200
# threads: 8
import os


def run():
    reader, writer = os.pipe()
    os.read(reader, 1)
