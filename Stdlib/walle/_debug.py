"""`walle run --debug`: the terminal for a script, and pdb at `breakpoint()` and where it raises."""

import bdb
import functools
import io
import pdb
import sys
import traceback

from walle import _run


def open_terminal():
    """Connect the script with the process's terminal."""
    sys.stdin = sys.__stdin__ = _text(io.FileIO(0, "r", closefd=False))
    sys.stdout = sys.__stdout__ = _text(io.FileIO(1, "w", closefd=False))
    sys.stderr = sys.__stderr__ = _text(io.FileIO(2, "w", closefd=False))
    sys.breakpointhook = _breakpoint


def _text(file):
    buffer = io.BufferedReader(file) if file.readable() else io.BufferedWriter(file)
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _debugger():
    # Signals and the rc file belong to the process; with a stdout of its own pdb reads lines, not through readline.
    return pdb.Pdb(stdin=sys.stdin, stdout=sys.stdout, nosigint=True, readrc=False)


def _breakpoint(*arguments, **keywords):
    _debugger().set_trace(sys._getframe(1))


pdb.set_trace = _breakpoint


def post_mortem(error):
    """Let a person look at the frames of an exception."""
    sys.stdout.flush()
    traceback.print_exception(error.with_traceback(_own(error.__traceback__)), file=sys.stdout)
    debugger = _debugger()
    debugger.reset()
    debugger.interaction(None, error.__traceback__)


def _own(tb):
    """The traceback from the script's first frame on."""
    while tb is not None and tb.tb_next is not None and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    return tb


def wrap(entry):
    """Make an entry that opens pdb when it raises."""

    @functools.wraps(entry)
    def debugged(value):
        try:
            return _run.finish(entry(value))
        except bdb.BdbQuit:
            raise KeyboardInterrupt("left from pdb") from None
        except Exception as error:
            post_mortem(error)
            raise

    return debugged
