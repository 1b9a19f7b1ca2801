import sys


def run():
    names = ["json", "email.message", "http.client", "unittest", "argparse", "difflib", "tarfile", "zipfile", "logging", "decimal"]
    while True:
        for name in names:
            try:
                __import__(name)
            except MemoryError:
                pass
        for name in [name for name in sys.modules if name.split(".")[0] in ("json", "email", "unittest", "difflib")]:
            del sys.modules[name]
