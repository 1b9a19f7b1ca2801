# expect: raised PermissionError
# child: true
def run():
    open("/tmp/walle-test-file", "w")
