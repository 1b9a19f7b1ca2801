# expect: mismatch
def run():
    return object()
