# expect: stopped time
# time: 200
# threads: 8
import queue


def run():
    queue.SimpleQueue().get()
