# expect: stopped time
# time: 200
# threads: 8
import os
import select


def run():
    reader, writer = os.pipe()
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    poll.poll()
