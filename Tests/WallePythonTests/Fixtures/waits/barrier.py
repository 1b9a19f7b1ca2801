# expect: stopped time
# time: 200
# threads: 8
import threading


def run():
    threading.Barrier(2).wait()
