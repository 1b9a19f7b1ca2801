# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    kept = set()
    number = 0
    while True:
        kept.add(number)
        number += 1
