import queue
import threading


def work(numbers, results):
    while (number := numbers.get()) is not None:
        results.put([number] * 500)


def run():
    numbers, results = queue.Queue(), queue.Queue()
    threads = [threading.Thread(target=work, args=(numbers, results)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(300):
        numbers.put(number)
    for _ in threads:
        numbers.put(None)
    for thread in threads:
        thread.join()
    return results.qsize()
