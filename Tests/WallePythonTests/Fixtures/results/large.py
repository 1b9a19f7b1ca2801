# expect: mismatch
# memory: 2048
# child: true
def run():
    return bytes(1 << 30)
