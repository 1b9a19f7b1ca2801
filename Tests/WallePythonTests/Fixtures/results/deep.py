# expect: mismatch
def run():
    nested = []
    for _ in range(10_000):
        nested = [nested]
    return nested
