# expect: stopped memory|unresponsive memory
# time: 20000
# child: true
# memory: 32
def run():
    return dict.fromkeys(map(str, range(10**9)))
