# expect: stopped memory
# memory: 32
# time: 20000
# child: true
def run():
    kept = {}
    number = 0
    while True:
        try:
            kept.setdefault(number, number)
        except MemoryError:
            pass
        number += 1
