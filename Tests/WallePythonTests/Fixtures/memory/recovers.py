# expect: value "survived"
# time: 20000
# child: true
# memory: 32
def run():
    try:
        bytes(10**9)
    except MemoryError:
        return "survived"
