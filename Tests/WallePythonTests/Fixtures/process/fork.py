# expect: raised PermissionError|raised RuntimeError
# child: true
def run():
    import os

    os.fork()
