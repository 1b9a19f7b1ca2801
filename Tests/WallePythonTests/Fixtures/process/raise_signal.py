# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError|raised ValueError
# child: true
def run():
    import signal

    signal.raise_signal(9)
