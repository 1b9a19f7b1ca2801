# expect: stopped time
# time: 200
# threads: 8
# child: true
import time


def run():
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass
