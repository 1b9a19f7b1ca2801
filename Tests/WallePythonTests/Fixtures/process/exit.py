# expect: raised SystemExit
# child: true
def run():
    raise SystemExit
