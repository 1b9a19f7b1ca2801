# expect: raised PermissionError
# child: true
def run():
    open("/etc/passwd").read()
