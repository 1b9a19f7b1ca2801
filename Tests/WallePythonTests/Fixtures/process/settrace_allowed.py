# expect: value 1
# child: true
def run():
    import sys

    sys.settrace(None)
    return 1
