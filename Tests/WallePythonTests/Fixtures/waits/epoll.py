# expect: stopped time
# time: 200
# threads: 8
import os
import select


def run():
    reader, writer = os.pipe()
    with select.epoll() as poll:
        poll.register(reader, select.EPOLLIN)
        poll.poll()
