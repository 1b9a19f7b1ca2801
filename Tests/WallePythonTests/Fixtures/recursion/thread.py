# expect: value "RecursionError"
# threads: 2
import threading

seen = []


def deeper():
    try:
        nested = []
        for _ in range(100_000):
            nested = [nested]
        repr(nested)
    except RecursionError as error:
        seen.append(type(error).__name__)


def run():
    thread = threading.Thread(target=deeper)
    thread.start()
    thread.join()
    return seen[0]
