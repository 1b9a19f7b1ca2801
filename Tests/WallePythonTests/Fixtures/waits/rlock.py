# expect: stopped time
# time: 200
# threads: 8
# child: true
import threading

lock = threading.RLock()
taken = threading.Event()


def hold():
    lock.acquire()
    taken.set()
    threading.Event().wait()


def run():
    threading.Thread(target=hold).start()
    taken.wait()
    lock.acquire()
