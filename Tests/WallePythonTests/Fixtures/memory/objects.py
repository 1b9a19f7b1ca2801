# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    kept = []
    while True:
        kept.append(object())
