# expect: stopped time
# time: 100
# threads: 2
import _imp
import threading


def run():
    # As if the stop came between the two lines with which the import system takes its lock.
    _imp.acquire_lock()
    _imp.acquire_lock()
    while True:
        pass
