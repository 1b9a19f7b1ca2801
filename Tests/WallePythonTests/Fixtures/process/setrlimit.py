# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError
# child: true
def run():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1, 1))
