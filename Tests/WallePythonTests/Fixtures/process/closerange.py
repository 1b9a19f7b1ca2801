# expect: raised PermissionError
# child: true
def run():
    import os

    os.closerange(0, 100)
