# expect: raised PermissionError
# child: true
def run():
    import os

    os.nice(1)
