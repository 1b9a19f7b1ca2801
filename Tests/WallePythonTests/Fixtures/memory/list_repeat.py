# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    return len([0] * 10**9)
