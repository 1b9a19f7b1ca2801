# expect: raised RecursionError
import pickle


def run():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return pickle.dumps(nested)
