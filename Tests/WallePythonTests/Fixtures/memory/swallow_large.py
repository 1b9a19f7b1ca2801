# expect: stopped memory|stopped time
# time: 500
# child: true
# memory: 32
def run():
    kept = []
    while True:
        try:
            while True:
                kept.append(bytes(2 << 20))
        except BaseException:
            pass
