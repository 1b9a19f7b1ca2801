# expect: stopped time
# time: 100
# child: true
def endless():
    while True:
        try:
            yield 1
        except BaseException:
            pass


def run():
    while True:
        try:
            for _ in endless():
                pass
        except BaseException:
            pass
