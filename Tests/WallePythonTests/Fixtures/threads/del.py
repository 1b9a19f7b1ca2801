# expect: value 1
# child: true
class Stubborn:
    def __del__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


kept = Stubborn()


def run():
    import sys

    sys.stubborn = Stubborn()
    return 1
