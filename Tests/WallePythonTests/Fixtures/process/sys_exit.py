# expect: raised SystemExit
# child: true
def run():
    import sys

    sys.exit(3)
