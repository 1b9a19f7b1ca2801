import json


def run():
    text = json.dumps([{"key": number, "text": "x" * (number % 50)} for number in range(5000)])
    return len(json.loads(text))
