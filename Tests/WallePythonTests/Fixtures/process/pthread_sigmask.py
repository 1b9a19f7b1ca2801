# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError|raised ValueError
# child: true
def run():
    import signal

    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
