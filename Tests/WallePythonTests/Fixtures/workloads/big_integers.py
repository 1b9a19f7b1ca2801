def run():
    number = 1
    for factor in range(1, 4000):
        number *= factor
    return len(hex(number)) + len(hex(3 ** 300_000))
