def run():
    kept = []
    while True:
        kept.append(compile("def f(a, b=%d):\n    return [a for x in range(b) if x]" % len(kept), "f", "exec"))
