# expect: stopped time
# time: 100
# child: true
import sys


def run():
    while True:
        try:
            while True:
                sys.settrace(None)
        except BaseException:
            pass
