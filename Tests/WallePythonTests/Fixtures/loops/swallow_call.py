# expect: stopped time
# time: 100
# child: true
def work():
    return [i for i in range(10)]


def run():
    while True:
        try:
            work()
        except BaseException:
            continue
        finally:
            pass
