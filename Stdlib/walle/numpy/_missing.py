def message(name):
    return f"module 'walle.numpy' has no attribute {name!r}"
