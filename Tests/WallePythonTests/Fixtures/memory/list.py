# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    return len(list(range(10**9)))
