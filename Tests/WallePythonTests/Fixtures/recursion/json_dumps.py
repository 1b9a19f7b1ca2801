# expect: raised RecursionError
import json


def run():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return json.dumps(nested)
