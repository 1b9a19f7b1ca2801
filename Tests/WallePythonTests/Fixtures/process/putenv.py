# expect: raised PermissionError
# child: true
def run():
    import os

    os.environ["A"] = "b"
