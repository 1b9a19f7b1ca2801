# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    kept = {}
    number = 0
    while True:
        kept[number] = number
        number += 1
