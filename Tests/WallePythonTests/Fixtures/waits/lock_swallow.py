# expect: stopped time
# time: 200
# threads: 8
# child: true
import threading


def run():
    lock = threading.Lock()
    lock.acquire()
    while True:
        try:
            lock.acquire()
        except BaseException:
            pass
