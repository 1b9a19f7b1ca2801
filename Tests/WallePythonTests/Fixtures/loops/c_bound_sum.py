# expect: unresponsive time
# time: 50
# child: true
def run():
    return sum(range(10**10))
