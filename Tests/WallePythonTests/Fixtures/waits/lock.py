# expect: stopped time
# time: 200
# threads: 8
import threading


def run():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
