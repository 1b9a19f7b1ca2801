# expect: raised PermissionError
import threading


def run():
    threading.Thread(target=print).start()
