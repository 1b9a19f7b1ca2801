# expect: stopped memory
# time: 20000
# child: true
# memory: 32
import array


def run():
    return len(array.array("d", bytes(8)) * 10**9)
