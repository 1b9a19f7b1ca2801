# expect: stopped memory
# time: 20000
# child: true
# memory: 32
def run():
    text = "ab"
    while True:
        text += text
