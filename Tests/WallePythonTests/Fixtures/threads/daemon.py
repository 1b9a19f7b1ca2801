# expect: value 1|raised RuntimeError
# threads: 2
# child: true
import threading
import time


def run():
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    return 1
