# expect: value 1
# child: true
import atexit


@atexit.register
def forever():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def run():
    return 1
