# expect: mismatch
# memory: 2048
# child: true
def run():
    return "x" * (1 << 30)
