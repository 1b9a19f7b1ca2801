# expect: raised PermissionError
# threads: 3
import threading


def run():
    event = threading.Event()
    try:
        for _ in range(10):
            threading.Thread(target=event.wait).start()
    finally:
        event.set()
