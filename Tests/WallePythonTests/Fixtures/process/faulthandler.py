# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError
# child: true
def run():
    import faulthandler

    faulthandler._sigsegv()
