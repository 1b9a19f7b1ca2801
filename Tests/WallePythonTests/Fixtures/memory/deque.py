# expect: stopped memory
# time: 20000
# child: true
# memory: 32
import collections


def run():
    kept = collections.deque()
    while True:
        kept.append(b"x" * 100)
