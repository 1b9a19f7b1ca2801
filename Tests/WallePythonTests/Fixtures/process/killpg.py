# expect: raised PermissionError
# child: true
def run():
    import os

    os.killpg(0, 9)
