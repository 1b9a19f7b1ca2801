import contextlib


@contextlib.contextmanager
def scope(kept):
    kept.append(bytearray(1000))
    try:
        yield kept
    finally:
        kept.pop()


def run():
    kept = []
    for number in range(3000):
        with scope(kept), scope(kept):
            if number % 10 == 0:
                kept.insert(0, "x" * 1000)
    return len(kept)
