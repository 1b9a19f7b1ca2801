# expect: value 1
# threads: 4
# child: true
import atexit
import threading


@atexit.register
def late():
    threading.Thread(target=print).start()


def run():
    return 1
