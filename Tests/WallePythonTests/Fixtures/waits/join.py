# expect: stopped time
# time: 200
# threads: 8
# child: true
import threading


def run():
    thread = threading.Thread(target=threading.Event().wait)
    thread.start()
    thread.join()
