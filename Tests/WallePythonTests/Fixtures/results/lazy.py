# expect: stopped time
# time: 200
class Lazy:
    def __len__(self):
        return 1

    def __iter__(self):
        while True:
            pass


def run():
    return Lazy()
