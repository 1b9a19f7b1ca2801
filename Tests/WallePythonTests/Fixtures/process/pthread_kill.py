# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError|raised ValueError
# child: true
def run():
    import signal

    signal.pthread_kill(__import__('threading').get_ident(), 9)
