# expect: stopped time
# time: 100
# child: true
def inner():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def outer():
    while True:
        try:
            inner()
        except BaseException:
            pass


def run():
    while True:
        try:
            outer()
        except BaseException:
            pass
