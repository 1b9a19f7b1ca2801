# expect: value ["b", true]
# child: true
def run():
    import os

    os.environ["A"] = "b"
    found = os.environ["A"]
    del os.environ["A"]
    return [found, os.getenv("A") is None]
