# expect: value 1
# threads: 3
# child: true
import threading
import time


def run():
    threading.Thread(target=threading.Event().wait).start()
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return 1
