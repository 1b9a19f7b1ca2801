import threading
import time


def work():
    kept = []
    while True:
        kept.append(str(len(kept)) * 10)
        if len(kept) % 1000 == 0:
            time.sleep(0.001)


def run():
    for _ in range(2):
        threading.Thread(target=work).start()
    time.sleep(0.02)
    return 1
