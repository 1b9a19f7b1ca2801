# expect: stopped time
# time: 100
# child: true
class Swallow:
    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return True


def run():
    while True:
        with Swallow():
            while True:
                pass
