"""Random cases from a seed: dtype × shape × layout × operator, as lines of Python that any NumPy-like library runs.

    python cases.py answer SEED FIRST COUNT FILE     run them on walle.numpy, in an interpreter of Walle's
    python cases.py judge FILE                       run the same on NumPy, and say where the two differ
    python cases.py show SEED CASE                   print a case

Case n of a seed is the same whatever the count.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from typing import Any

import files
import folding
import indexing
import movement
import universal

from operands import Operands

# Kinds and how often they come.
_KINDS: dict[str, tuple[Callable[[Operands], dict[str, Any]], int]] = {
    "unary": (universal.unary, 12), "binary": (universal.binary, 18), "method": (universal.method, 7),
    "reduction": (folding.reduction, 12), "ordering": (folding.ordering, 7), "product": (folding.product, 6),
    "function": (folding.function, 6), "read": (indexing.read, 14), "write": (indexing.write, 14),
    "index function": (indexing.function, 6), "movement": (movement.movement, 12), "cast": (movement.cast, 6),
    "creation": (movement.creation, 4), "printing": (movement.printing, 5), "overlap": (movement.overlap, 3),
    "file": (files.file_case, 8), "round trip": (files.round_trip, 3),
}  # fmt: skip

# Mistakes of the library's own.
_NEVER = ("SystemError", "RecursionError", "AssertionError", "NameError")


def case(seed: int, number: int) -> dict[str, Any]:
    """The case of a number: `lines` to run, the names to `show`, the `rule` to compare by."""
    source = random.Random(f"{seed}/{number}")
    make = Operands(source)
    make.start()
    kind = source.choices(list(_KINDS), [weight for _, weight in _KINDS.values()])[0]
    return {"number": number, "kind": kind, **_KINDS[kind][0](make)}


def answer(seed: int, first: int, count: int, path: str, kinds: list[str] | None = None) -> None:
    """Run cases on walle.numpy, of some kinds or of all; a case is in the file before it runs: a crash shows which.

    Raises
    ------
    AssertionError
        When a case raises what no mistake of a script's is.
    """
    import outcomes
    import walle.numpy as np

    number = first - 1
    with open(path, "w", encoding="utf-8") as file:
        while count:
            number += 1
            wanted = case(seed, number)
            if kinds and wanted["kind"] not in kinds:
                continue
            count -= 1
            file.write(json.dumps(wanted) + "\t")
            file.flush()
            found = outcomes.outcome(np, wanted)
            assert found["error"] not in _NEVER, f"{found['error']}: {'; '.join(wanted['lines'])}"
            file.write(json.dumps(found) + "\n")


def main(arguments: list[str]) -> int:
    if arguments[0] == "answer":
        answer(int(arguments[1]), int(arguments[2]), int(arguments[3]), arguments[4])
    elif arguments[0] == "judge":
        import judge

        return judge.judge(arguments[1])
    else:
        found = case(int(arguments[1]), int(arguments[2]))
        print("; ".join(found["lines"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
