# expect: stopped time
# time: 100
# child: true
def run():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
