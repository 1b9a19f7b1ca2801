# expect: stopped cpuTime
# cpu: 100
def run():
    while True:
        pass
