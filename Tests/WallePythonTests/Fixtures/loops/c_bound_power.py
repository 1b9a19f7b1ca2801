# expect: unresponsive time
# time: 50
# child: true
# memory: 512
def run():
    return len(str(7 ** (10**8))) if 7 ** (10**8) > 0 else 0
