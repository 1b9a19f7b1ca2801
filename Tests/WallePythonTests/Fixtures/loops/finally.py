# expect: stopped time
# time: 100
# child: true
def run():
    try:
        while True:
            pass
    finally:
        while True:
            pass
