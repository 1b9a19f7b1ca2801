# expect: raised PermissionError
# child: true
def run():
    import os

    os.kill(os.getpid(), 9)
