# expect: raised PermissionError
# child: true
def run():
    import os

    os.dup2(1, 2)
