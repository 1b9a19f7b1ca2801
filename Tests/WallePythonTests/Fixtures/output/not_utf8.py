# expect: value 1
# output: �� ok
import sys


def run():
    sys.stdout.buffer.write(b"\xff\xfe ok\n")
    print("\udcff")
    return 1
