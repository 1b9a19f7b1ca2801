# expect: stopped time
# time: 200
# threads: 8
# memory: 256
# child: true
import socket


def run():
    left, right = socket.socketpair()
    left.sendall(b"x" * (64 << 20))
