# expect: raised RecursionError
def run():
    a, b = [], []
    for _ in range(100_000):
        a, b = [a], [b]
    return a == b
