# expect: raised RecursionError
def run():
    return run()
