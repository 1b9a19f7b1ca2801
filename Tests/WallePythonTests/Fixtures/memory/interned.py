# expect: stopped memory|unresponsive memory
# time: 20000
# child: true
# memory: 32
import sys


def run():
    kept = []
    number = 0
    while True:
        kept.append(sys.intern(f"name{number}"))
        number += 1
