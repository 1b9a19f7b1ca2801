# expect: raised RecursionError
import json


def run():
    return json.loads("[" * 100_000)
