# expect: mismatch|value
class Evil:
    def tolist(self):
        kept.clear()
        return 1


kept = []


def run():
    kept.extend([Evil(), 2, 3])
    return kept
