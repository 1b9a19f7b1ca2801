# expect: mismatch|value|raised RuntimeError
class Evil:
    def tolist(self):
        for number in range(1000):
            kept[str(number)] = number
        return 1


kept = {}


def run():
    kept["a"] = Evil()
    kept["b"] = 1
    return kept
