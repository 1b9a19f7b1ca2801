"""Arrays in files: `.npy`, and `.npz` for several. (`_text` reads and writes tables of text.)"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from . import _npy
from ._text import genfromtxt, loadtxt, savetxt

__all__ = ["NpzFile", "genfromtxt", "load", "loadtxt", "save", "savetxt", "savez", "savez_compressed"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def load(
    file: Any,
    mmap_mode: str | None = None,
    allow_pickle: bool = False,
    fix_imports: bool = True,
    encoding: str = "ASCII",
    *,
    max_header_size: int = _npy.MAX_HEADER_SIZE,
) -> Any:
    """
    Load an array from a `.npy` file, or several from a `.npz` file.

    Parameters
    ----------
    file : path or file object
        Opened for reading bytes, and able to seek.
    mmap_mode : {None, "r"}, optional
        "r" leaves the elements in the file until they are read, where the host offers that.
    allow_pickle : bool, optional
        False: pickles run code, and are never loaded.
    fix_imports, encoding : optional
        Without effect; they are for pickles.
    max_header_size : int, optional
        Bytes that a header may have.

    Returns
    -------
    array or NpzFile

    Raises
    ------
    ValueError
        When it is no such file, or not what it says it is; the text names the file and what is wrong.
    EOFError
        When the file is empty.
    OSError
        When it cannot be read.
    """
    if allow_pickle:
        raise ValueError("allow_pickle=True is not offered: a pickle runs any code that it holds; save plain arrays")
    if mmap_mode not in (None, "r"):
        raise ValueError(f"mmap_mode must be None or 'r', not {mmap_mode!r}")
    with contextlib.ExitStack() as stack:
        name = _name(file)
        is_path = not hasattr(file, "read")
        stream: BinaryIO = stack.enter_context(open(os.fspath(file), "rb")) if is_path else file
        start = bytes(_start(stream, name))
        if start[:4] in _ZIP:
            archive = NpzFile(stream, name, max_header_size, owns=is_path)
            stack.pop_all()
            return archive
        if start != _npy.MAGIC:
            raise ValueError(
                f"{name} is neither a .npy nor a .npz file (it begins with {start!r}); pickles are never loaded, "
                "and text is read by loadtxt"
            )
        if mmap_mode == "r":
            if not is_path:
                raise ValueError("mmap_mode needs the path of a file")
            return _mapped(stream, os.fspath(file), name, max_header_size)
        return _npy.read_array(stream, name, max_header_size, is_whole=is_path)


def _start(stream: BinaryIO, name: str) -> bytes:
    """The first bytes, which stay to be read."""
    start = stream.read(len(_npy.MAGIC))
    if not start:
        raise EOFError(f"{name}: no data left in file")
    if not isinstance(start, (bytes, bytearray)):
        raise ValueError(f"{name} is opened for text: open it with mode 'rb'")
    stream.seek(-len(start), os.SEEK_CUR)
    return start


def _name(file: Any) -> str:
    if hasattr(file, "read") or hasattr(file, "write"):
        name = getattr(file, "name", None)
        return name if isinstance(name, str) else f"<{type(file).__name__}>"
    return os.fsdecode(os.fspath(file))


def _mapped(stream: BinaryIO, path: str, name: str, max_header_size: int) -> Any:
    import walle.numpy as _

    map_file = getattr(_, "map_file", None)
    if map_file is None:
        raise ValueError("mmap_mode='r' is not offered here: load the whole file with mmap_mode=None")
    dtype, is_swapped, is_fortran, shape = _npy.read_header(stream, name, max_header_size)
    offset = stream.tell()
    size = _npy.itemsize(dtype)
    for length in shape:
        size *= length
    if os.fstat(stream.fileno()).st_size != offset + size:
        raise ValueError(f"{name}: an array of shape {shape} and type {dtype} has {size} bytes, and not so many follow")
    if is_swapped or dtype == "bool":
        raise ValueError(f"{name}: elements of {dtype} in this byte order must be read: use mmap_mode=None")
    return _npy.array(map_file(path, offset, size), dtype, False, is_fortran, shape)


def save(file: Any, arr: Any, allow_pickle: bool = True, fix_imports: Any = None) -> None:
    """
    Save an array to a `.npy` file.

    Parameters
    ----------
    file : path or file object
        A path gets `.npy` if it does not end so.
    arr : array_like
        What is saved.
    allow_pickle, fix_imports : optional
        Without effect: objects are never pickled.

    Raises
    ------
    TypeError
        For elements that are no numbers, or have no `.npy` form.
    OSError
        When it cannot be written.
    """
    data = _numbers(arr)
    _npy.header(data.dtype.name, tuple(data.shape), False)
    with _opened(file, ".npy") as stream:
        _npy.write_array(stream, data)


def _numbers(value: Any) -> Any:
    import walle.numpy as _

    data = _.asarray(value)
    if getattr(data.dtype, "hasobject", False):
        raise TypeError("objects are not saved: pickles run code when they are loaded; save arrays of numbers")
    return data


@contextlib.contextmanager
def _opened(file: Any, suffix: str) -> Iterator[BinaryIO]:
    if hasattr(file, "write"):
        yield file
        return
    path = os.fspath(file)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    with open(path if path.endswith(suffix) else path + suffix, "wb") as stream:
        yield stream


def savez(file: Any, *args: Any, allow_pickle: bool = True, **kwds: Any) -> None:
    """
    Save several arrays to a `.npz` file.

    Parameters
    ----------
    file : path or file object
        A path gets `.npz` if it does not end so.
    *args : array_like
        Saved as `arr_0`, `arr_1` and so on.
    allow_pickle : bool, optional
        Without effect: objects are never pickled.
    **kwds : array_like
        Saved with their names.

    Raises
    ------
    TypeError
        For elements that are no numbers, or have no `.npy` form.
    """
    _save_all(file, args, kwds, is_compressed=False)


def savez_compressed(file: Any, *args: Any, allow_pickle: bool = True, **kwds: Any) -> None:
    """
    Save several arrays to a compressed `.npz` file.

    Parameters
    ----------
    file, *args, allow_pickle, **kwds
        As for `savez`.
    """
    _save_all(file, args, kwds, is_compressed=True)


def _save_all(file: Any, unnamed: tuple[Any, ...], named: dict[str, Any], is_compressed: bool) -> None:
    import zipfile

    arrays = dict(named)
    for index, value in enumerate(unnamed):
        key = f"arr_{index}"
        if key in arrays:
            raise ValueError(f"Cannot use un-named variables and keyword {key}")
        arrays[key] = value
    arrays = {key: _numbers(value) for key, value in arrays.items()}
    for data in arrays.values():
        _npy.header(data.dtype.name, tuple(data.shape), False)
    method = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
    with _opened(file, ".npz") as stream, zipfile.ZipFile(stream, "w", method, allowZip64=True) as archive:
        for key, data in arrays.items():
            with archive.open(key + ".npy", "w", force_zip64=True) as member:
                _npy.write_array(member, data)


class NpzFile(Mapping[str, Any]):
    """
    The arrays of a `.npz` file by their names, each read when it is asked for.

    Attributes
    ----------
    files : list of str
        The names.

    Examples
    --------
    >>> with np.load("both.npz") as arrays:
    ...     total = arrays["left"] + arrays["right"]
    """

    def __init__(
        self, stream: BinaryIO, name: str, max_header_size: int = _npy.MAX_HEADER_SIZE, owns: bool = False
    ) -> None:
        import zipfile

        self._stream, self._name, self._owns = stream, name, owns
        self._max_header_size = max_header_size
        with self._named():
            self._archive: Any = zipfile.ZipFile(stream)
        names = self._archive.namelist()
        self._members = {name.removesuffix(".npy"): name for name in names}
        self.files = list(self._members)

    def __getitem__(self, key: str) -> Any:
        if self._archive is None:
            raise ValueError(f"{self._name} is closed")
        member = self._members.get(key) or self._members.get(str(key).removesuffix(".npy"))
        if member is None:
            raise KeyError(f"{key} is not a file in the archive")
        name = f"{self._name}[{key!r}]"
        with self._named(), self._archive.open(member) as stream:
            start = stream.read(len(_npy.MAGIC))
            if start != _npy.MAGIC:
                raise ValueError(f"{name} is no array: it begins with {start!r}")
            stream.seek(0)
            return _npy.read_array(_Member(stream), name, self._max_header_size, is_whole=True)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """What `zipfile` says of an archive that is not right, as an error that names the file."""
        import struct
        import zipfile
        import zlib

        wrong = (
            zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, KeyError, IndexError,
            EOFError, OverflowError, AttributeError, UnicodeDecodeError,
        )  # fmt: skip
        try:
            yield
        except wrong as error:
            raise ValueError(f"{self._name}: the archive is damaged: {error or type(error).__name__}") from error

    def __contains__(self, key: object) -> bool:
        return key in self._members or isinstance(key, str) and key.removesuffix(".npy") in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        names = ", ".join(self.files[:5]) + ("..." if len(self.files) > 5 else "")
        return f"NpzFile {self._name!r} with keys: {names}"

    def close(self) -> None:
        """Close the file, when `load` opened it."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None
            if self._owns:
                self._stream.close()

    def __enter__(self) -> NpzFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


class _Member:
    """A file of an archive, of which only `read` is used: to look for its end would unpack it."""

    def __init__(self, stream: Any) -> None:
        self.read = stream.read
