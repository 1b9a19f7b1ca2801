# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    data = bytearray()
    while True:
        data += b"x" * 1000
