# expect: raised PermissionError|raised ModuleNotFoundError|raised ImportError
# child: true
def run():
    import ctypes

    ctypes.string_at(0)
