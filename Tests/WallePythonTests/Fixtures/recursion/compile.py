# expect: raised MemoryError|raised RecursionError|raised SyntaxError|stopped memory
def run():
    return len(eval("(" * 5000 + ")" * 5000))
