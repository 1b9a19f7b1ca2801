# expect: value [false, 5, true, true, "number"]
# threads: 8
import dataclasses
import inspect
import pickle
import sys
import threading


def is_loaded(name):
    return type(sys.modules[name]) is type(sys)


def run():
    @dataclasses.dataclass
    class Point:
        x: int = 1

    before = is_loaded("ast") or is_loaded("tokenize")
    # Threads that use it at once get the whole module.
    names = []
    threads = [threading.Thread(target=lambda: names.append(inspect.ast.unparse.__name__)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    import ast
    from tokenize import NUMBER, tok_name

    tree = pickle.loads(pickle.dumps(ast.parse("1 + 4", mode="eval")))
    value = ast.literal_eval("[5]")[0] if names == ["unparse"] * 4 else names
    return [before, value, ast.unparse(tree) == "1 + 4", is_loaded("ast") and is_loaded("tokenize"),
            tok_name[NUMBER].lower()]
