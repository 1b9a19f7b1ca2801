# expect: value
def run():
    return 1 << 100_000
