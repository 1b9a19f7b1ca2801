# expect: value 1
# threads: 2
# child: true
import threading


def forever():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def run():
    threading.Thread(target=forever).start()
    return 1
