# expect: mismatch
def run():
    a = []
    a.append(a)
    return a
