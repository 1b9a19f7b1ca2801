# expect: stopped time
# time: 200
# threads: 8
import socket


def run():
    left, right = socket.socketpair()
    left.recv_into(bytearray(1))
