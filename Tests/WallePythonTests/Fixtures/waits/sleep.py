# expect: stopped time
# time: 200
# threads: 8
import time


def run():
    time.sleep(1000)
