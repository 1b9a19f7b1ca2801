"""Answer requests for figures: a line of JSON names a function of the script and its arguments, a line has its result."""

import importlib
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main() -> None:
    script = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        question = json.loads(line)
        answer = getattr(script, question["function"])(**question["arguments"])
        print(json.dumps(answer), flush=True)
    # Interpreters and threads may be left: what ends the process must not wait for them.
    os._exit(0)


if __name__ == "__main__":
    main()
