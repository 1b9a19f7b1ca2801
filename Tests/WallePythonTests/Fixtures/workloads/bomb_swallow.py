def run():
    kept = []
    while True:
        try:
            while True:
                kept.append((len(kept), str(len(kept)), {}))
        except BaseException:
            pass
