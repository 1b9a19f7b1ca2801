import json


def deeper(level):
    return sorted([level], key=lambda _: deeper(level + 1))


def run():
    caught = 0
    for _ in range(5):
        try:
            deeper(0)
        except RecursionError:
            caught += 1
    nested = []
    for _ in range(50_000):
        nested = [nested]
    try:
        json.dumps(nested)
    except RecursionError:
        caught += 1
    return caught
