# expect: stopped time
# time: 100
def run():
    while True:
        pass
