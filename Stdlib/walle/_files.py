"""Files over descriptors that may wait without end: pipes, sockets, terminals."""

import sys

import _io
import _walle
from walle._waits import is_patient

_IN, _OUT, _CHUNK = 1, 4, 4096


class FileIO(_io.FileIO):
    """A raw file whose reads and writes end when the run is stopped."""

    def _await(self, events):
        while not _walle.wait((self.fileno(), events, None)):
            pass

    def readinto(self, buffer, /):
        self._await(_IN)
        return super().readinto(buffer)

    def read(self, size=-1, /):
        if size is None or size < 0:
            return self.readall()
        self._await(_IN)
        return super().read(size)

    def readall(self):
        parts = []
        while part := self.read(1 << 16):
            parts.append(part)
        return b"".join(parts)

    def write(self, data, /):
        with memoryview(data) as view, view.cast("B") as rest:
            sent = 0
            while True:
                self._await(_OUT)
                sent += super().write(rest[sent : sent + _CHUNK])
                if sent >= len(rest):
                    return sent


def open(original, file, mode, buffering, encoding, errors, newline, closefd, opener):
    """Open a descriptor: as CPython does, unless it may wait."""
    import posix

    # The audit of an honest `open` comes first: it looks whose descriptor it is.
    sys.audit("open", file, mode, 0)
    try:
        patient = is_patient(posix, file)
    except OSError:
        patient = False
    if not patient or not isinstance(mode, str):
        return original(file, mode, buffering, encoding, errors, newline, closefd, opener)
    return _open(original, file, mode, buffering, encoding, errors, newline, closefd)


def _open(original, file, mode, buffering, encoding, errors, newline, closefd):
    binary = "b" in mode
    if not binary and buffering == 0:
        raise ValueError("can't have unbuffered text I/O")
    # What CPython says of a wrong mode or combination, it says without opening anything.
    with original("/dev/null", mode.replace("x", "w").replace("a", "w"), buffering, encoding, errors, newline):
        pass
    raw = FileIO(file, "".join(letter for letter in mode if letter in "rwxa+"), closefd)
    try:
        if binary and buffering == 0:
            return raw
        size = _io.DEFAULT_BUFFER_SIZE if buffering in (-1, 1) else buffering
        if "+" in mode:
            # Neither pipes nor sockets can seek; two buffers in one do.
            buffer = _io.BufferedRandom(raw, size)
        else:
            buffer = (_io.BufferedReader if "r" in mode else _io.BufferedWriter)(raw, size)
        if binary:
            return buffer
        text = _io.TextIOWrapper(buffer, encoding, errors, newline, buffering == 1)
        text.mode = mode
        return text
    except BaseException:
        if closefd:
            raw.close()
        raise
