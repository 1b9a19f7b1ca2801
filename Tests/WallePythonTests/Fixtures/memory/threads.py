# expect: stopped memory
# time: 20000
# child: true
# threads: 4
# memory: 32
import threading


def fill():
    kept = []
    while True:
        kept.append(str(len(kept)) * 100)


def run():
    threads = [threading.Thread(target=fill) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
