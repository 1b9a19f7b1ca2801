# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError|raised ValueError
# child: true
def run():
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
