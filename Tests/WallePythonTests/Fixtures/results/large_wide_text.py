# expect: mismatch
# time: 40000
# memory: 2048
# child: true
def run():
    return "\U0001f600" * (40 << 20)
