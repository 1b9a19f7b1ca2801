# expect: raised RecursionError
class Endless:
    def __getattr__(self, name):
        return getattr(self, name + "x")


def run():
    return Endless().a
