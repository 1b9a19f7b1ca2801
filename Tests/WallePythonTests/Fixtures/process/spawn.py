# expect: raised PermissionError
# child: true
def run():
    import os

    os.posix_spawn("/bin/true", ["true"], {})
