import pickle


def run():
    values = [{"a": (number, str(number)), "b": {number}} for number in range(5000)]
    return len(pickle.loads(pickle.dumps(values)))
