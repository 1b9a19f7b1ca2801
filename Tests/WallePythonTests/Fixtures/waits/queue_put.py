# expect: stopped time
# time: 200
# threads: 8
import queue


def run():
    full = queue.Queue(1)
    full.put(1)
    full.put(2)
