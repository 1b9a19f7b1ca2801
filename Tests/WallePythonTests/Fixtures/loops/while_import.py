# expect: stopped time
# time: 100
# child: true
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
