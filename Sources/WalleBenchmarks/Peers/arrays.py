"""Times operations on arrays: the same file in an interpreter of Walle's and in NumPy's process."""

import ctypes
import gc
import glob
import importlib
import itertools
import json
import os
import time
from collections.abc import Callable, Generator
from typing import Any

from operations import cases
from operations.inputs import Inputs
from operations.kinds import Case

# A generator, so that what the statement works with are its local names. It gives nanoseconds for a number of
# repetitions, and the result for none.
_LOOP = """
def run():
    {setup}
    repetitions = yield
    while True:
        if repetitions == 0:
            repetitions = yield {result}
            continue
        start = clock()
        for _ in repeat(None, repetitions):
            {statement}
        end = clock()
        repetitions = yield end - start
"""


class _Side:
    """One implementation of NumPy's names, and the case it is at."""

    np: Any = None
    clock: Callable[[], int] = time.perf_counter_ns
    loop: Generator | None = None
    repetitions = 1
    inputs: tuple[tuple[str, int] | None, Inputs | None] = (None, None)


_side = _Side()


def answer(line: str) -> str:
    """Answer as `peer.py` does, in an interpreter that has no pipe: JSON in, JSON out."""
    question = json.loads(line)
    return json.dumps(globals()[question["function"]](**question["arguments"]))


def start(library: str, clock: str) -> list[str]:
    """Import `numpy` or `walle.numpy`; give its version and the processor that its OpenBLAS works for.

    `clock` is `processor`, for the time that all threads of the process compute, or `wall`.
    """
    gc.disable()
    _side.clock = time.process_time_ns if clock == "processor" else time.perf_counter_ns
    _side.np = importlib.import_module(library)
    return [_side.np.__version__, _blas() if library == "numpy" else ""]


def _blas() -> str:
    folder = os.path.join(os.path.dirname(_side.np.__file__), "..", "numpy.libs")
    for path in glob.glob(os.path.join(folder, "*openblas*")):
        library = ctypes.CDLL(path)
        for name in ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename"):
            if hasattr(library, name):
                function = getattr(library, name)
                function.restype = ctypes.c_char_p
                return function().decode()
    return "none found"


def listed(name: str) -> list[dict[str, Any]]:
    """Describe the cases of a list."""
    return [
        {
            "name": case.operation.name, "family": case.operation.family, "form": case.operation.form,
            "dtype": case.dtype, "size": case.label, "tolerance": case.operation.tolerance,
        }
        for case in cases(name)
    ]


def prepare(name: str, index: int) -> dict[str, Any]:
    """Make ready case `index` of a list, and describe the result of its first execution."""
    _side.loop = None
    try:
        loop = _started(cases(name)[index])
        loop.send(1)
        result = _described(loop.send(0))
    except (AttributeError, ImportError, NotImplementedError) as error:
        return {"missing": str(error), "failure": None, "result": []}
    except Exception as error:
        return {"missing": None, "failure": f"{type(error).__name__}: {error}", "result": []}
    _side.loop = loop
    return {"missing": None, "failure": None, "result": result}


def _started(case: Case) -> Generator:
    key = (case.dtype, case.elements)
    if _side.inputs[0] != key:
        _side.inputs = (None, None)
        _side.inputs = (key, Inputs(_side.np, *key))
    names = _side.inputs[1].names(case.shape)
    names |= {"np": _side.np, "n": case.size, "clock": _side.clock, "repeat": itertools.repeat}
    operation = case.operation
    source = _LOOP.format(
        setup=operation.setup or "pass", statement=operation.statement, result=operation.result)
    exec(compile(source, f"<{operation.name}>", "exec"), names)
    # A function among its own global names would keep them, and their arrays, for ever: nothing collects cycles.
    loop = names.pop("run")()
    next(loop)
    return loop


def _described(result: Any) -> list[dict[str, Any]]:
    """Shapes, types, some elements and sums: enough to tell two results apart."""
    np = _side.np
    described = []
    for part in result if isinstance(result, tuple) else (result,):
        array = np.asarray(part)
        flat = array.reshape(-1)
        for each in (flat.real, flat.imag) if flat.dtype.kind == "c" else (flat,):
            each = each.astype(np.float64)
            # As text: JSON has no infinities.
            samples = [repr(float(value)) for value in each[:: max(1, each.size // 500)].tolist()]
            described.append({
                "shape": list(array.shape), "dtype": array.dtype.name, "samples": samples,
                "total": repr(float(each.sum())),
            })
    return described


def calibrate(milliseconds: float) -> int:
    """Find as many repetitions as take so long, but at least one."""
    _side.repetitions = 1
    while True:
        taken = max(_side.loop.send(_side.repetitions), 1) / 1e6
        if taken > milliseconds / 4:
            break
        _side.repetitions *= 4
    _side.repetitions = max(1, int(_side.repetitions * milliseconds / taken))
    return _side.repetitions


def measure() -> float:
    """Time the statement again; nanoseconds of one execution."""
    return _side.loop.send(_side.repetitions) / _side.repetitions


def finish() -> int:
    """Let go of the case's arrays."""
    _side.loop = None
    return 0
