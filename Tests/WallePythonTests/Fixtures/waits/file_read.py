# expect: stopped time
# time: 200
# threads: 8
# child: true
import os


def run():
    reader, writer = os.pipe()
    return open(reader, "rb").read(1)
