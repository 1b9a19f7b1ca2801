# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError|raised ValueError
# child: true
def run():
    import signal

    signal.setitimer(signal.ITIMER_REAL, 1)
