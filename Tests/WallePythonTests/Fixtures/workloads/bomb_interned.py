import sys


def run():
    kept = []
    while True:
        kept.append(sys.intern("name" + str(len(kept))))
        setattr(sys.modules["sys"], kept[-1], 1)
