# expect: value 1
# threads: 8
# child: true
import threading


def again():
    threading.Timer(0.01, again).start()


def run():
    again()
    return 1
