# expect: stopped output
# outputBytes: 100000
# child: true
import sys


def run():
    while True:
        try:
            while True:
                sys.stderr.write("x" * 1000)
        except BaseException:
            pass
