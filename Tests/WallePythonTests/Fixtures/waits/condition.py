# expect: stopped time
# time: 200
# threads: 8
import threading


def run():
    condition = threading.Condition()
    with condition:
        condition.wait()
