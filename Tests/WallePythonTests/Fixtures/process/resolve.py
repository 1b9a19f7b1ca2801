# expect: raised PermissionError
# child: true
def run():
    import socket

    socket.getaddrinfo("localhost", 80)
