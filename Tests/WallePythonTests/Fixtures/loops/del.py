# expect: stopped time
# time: 100
# child: true
class Stubborn:
    def __del__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


def run():
    while True:
        Stubborn()
