# expect: stopped output
# outputBytes: 100000
def run():
    while True:
        print("x" * 1000)
