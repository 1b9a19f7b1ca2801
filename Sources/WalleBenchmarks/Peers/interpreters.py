"""CPython's own isolated interpreters, one a thread."""

import os
import queue
import threading

import _interpreters

_folder = os.path.dirname(os.path.abspath(__file__))


class Worker:
    """A thread that executes what it is sent in an interpreter of its own."""

    def __init__(self, setup: str) -> None:
        self._requests = queue.SimpleQueue()
        self._answers = queue.SimpleQueue()
        threading.Thread(target=self._serve, args=(setup,), daemon=True).start()
        self.wait()

    def _serve(self, setup: str) -> None:
        interpreter = create(setup)
        self._answers.put(None)
        while True:
            self._answers.put(_interpreters.exec(interpreter, self._requests.get()))

    def send(self, source: str) -> None:
        """Have the source executed; `wait` for the end."""
        self._requests.put(source)

    def wait(self) -> None:
        """Wait until the oldest request is done."""
        failure = self._answers.get()
        if failure is not None:
            raise RuntimeError(str(failure))


def create(setup: str) -> int:
    """Make an interpreter and prepare it."""
    interpreter = _interpreters.create("isolated")
    failure = _interpreters.exec(interpreter, f"import sys; sys.path.insert(0, {_folder!r})\n{setup}")
    if failure is not None:
        raise RuntimeError(str(failure))
    return interpreter
