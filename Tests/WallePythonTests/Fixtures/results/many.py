# expect: mismatch
# time: 40000
# memory: 2048
# child: true
def run():
    return [0] * (1 << 26)
