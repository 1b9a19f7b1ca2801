# expect: value true
# child: true
def run():
    import os

    return os.umask(0) == os.umask(0o77) != 0o77
