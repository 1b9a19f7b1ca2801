# expect: mismatch
# memory: 2048
# child: true
def run():
    return [0] * (1 << 26)
