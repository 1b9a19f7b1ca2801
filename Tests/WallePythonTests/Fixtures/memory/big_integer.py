# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    number = 3
    while True:
        number <<= number.bit_length()
