# expect: stopped time
# time: 200
# threads: 8
# child: true
import os


def run():
    reader, writer = os.pipe()
    while True:
        os.write(writer, b"x" * 65536)
