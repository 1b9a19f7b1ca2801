# expect: value 1
# threads: 4
# child: true
import threading

local = threading.local()


class Late:
    def __del__(self):
        threading.Thread(target=print).start()


def fill():
    local.value = Late()


def run():
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
    fill()
    return 1
