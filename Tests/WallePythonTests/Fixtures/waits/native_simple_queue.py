# expect: stopped time
# time: 200
# threads: 8
import _queue


def run():
    _queue.SimpleQueue().get()
