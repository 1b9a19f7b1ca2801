def run():
    kept = []
    while True:
        kept.append(type("T" + str(len(kept)), (list,), {"__slots__": ("a", "b"), "f": lambda self: 1}))
