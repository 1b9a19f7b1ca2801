def run():
    kept = {}
    while True:
        try:
            kept[len(kept)] = [str(len(kept))]
        except ValueError:
            pass
