# expect: raised Odd|stopped time
# time: 100
# child: true
class Odd(Exception):
    def __str__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


def run():
    raise Odd
