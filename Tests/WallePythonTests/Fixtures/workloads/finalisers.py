class Heavy:
    alive = 0

    def __init__(self):
        Heavy.alive += 1
        self.data = [str(number) for number in range(200)]
        self.me = self

    def __del__(self):
        Heavy.alive -= 1
        self.last = [0] * 100


def run():
    for _ in range(500):
        Heavy()
    return Heavy.alive
