# expect: raised PermissionError
# child: true
def run():
    import posix

    posix._exit(3)
