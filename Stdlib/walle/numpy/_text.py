"""Tables of numbers as text."""

from __future__ import annotations

import itertools
import operator
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Converters = dict[int, Callable[[str], Any]] | Callable[[str], Any] | None


def loadtxt(
    fname: Any,
    dtype: Any = float,
    comments: str | Iterable[str] | None = "#",
    delimiter: str | None = None,
    converters: Converters = None,
    skiprows: int = 0,
    usecols: int | Iterable[int] | None = None,
    unpack: bool = False,
    ndmin: int = 0,
    encoding: str | None = None,
    max_rows: int | None = None,
    *,
    quotechar: str | None = None,
) -> Any:
    """
    Read a table of text; every row has as many numbers.

    Parameters
    ----------
    fname : path, file object, or iterable of lines
        A path that ends with `.gz` is unpacked.
    dtype : dtype, optional
        The type of the numbers.
    comments : str, sequence of str or None, optional
        What begins a comment, which goes to the end of the line.
    delimiter : str, optional
        What stands between numbers; white space by default.
    converters : dict or callable, optional
        Functions from a text to a number, by column, or for all.
    skiprows : int, optional
        Lines to leave out at the beginning.
    usecols : int or sequence of int, optional
        The columns to read, in this order; negative ones count from the last.
    unpack : bool, optional
        Whether the table is transposed.
    ndmin : {0, 1, 2}, optional
        Axes that the array has at least; further ones of length 1 go.
    encoding : str, optional
        Of the file; UTF-8 by default.
    max_rows : int, optional
        Rows to read at most, without empty ones and comments.
    quotechar : None
        Quotes are not offered.

    Returns
    -------
    array

    Raises
    ------
    ValueError
        For a text that is no number and a row of another length, naming row and column.

    Examples
    --------
    >>> np.loadtxt(["0 1", "2 3"])
    array([[0., 1.],
           [2., 3.]])
    """
    if quotechar is not None:
        raise ValueError("quotechar is not offered: read quoted tables with the csv module")
    if ndmin not in (0, 1, 2):
        raise ValueError(f"Illegal value of ndmin keyword: {ndmin}")
    _check_delimiter(delimiter)
    read = _Reader(_kind(dtype), converters, usecols)
    with _Lines(fname, encoding) as lines:
        texts = itertools.islice(lines, max(skiprows, 0), None)
        rows = _fields(texts, _markers(comments, delimiter), delimiter)
        for fields in itertools.islice(rows, max_rows):
            read.row(fields)
    if not read.count:
        warnings.warn(f'loadtxt: input contained no data: "{fname}"', UserWarning, stacklevel=2)
    return _shaped(read.array(dtype), unpack, ndmin)


def genfromtxt(
    fname: Any,
    dtype: Any = float,
    comments: str | None = "#",
    delimiter: str | None = None,
    skip_header: int = 0,
    skip_footer: int = 0,
    converters: Converters = None,
    missing_values: str | Iterable[str] | None = None,
    filling_values: Any = None,
    usecols: int | Iterable[int] | None = None,
    unpack: bool = False,
    max_rows: int | None = None,
    encoding: str | None = None,
    *,
    ndmin: int = 0,
) -> Any:
    """
    Read a table of text in which numbers may be missing.

    Names of columns, records and texts are not offered.

    Parameters
    ----------
    fname, dtype, comments, delimiter, converters, usecols, unpack, max_rows, encoding, ndmin
        As for `loadtxt`.
    skip_header, skip_footer : int, optional
        Lines to leave out at the beginning, and rows at the end.
    missing_values : str or sequence of str, optional
        Texts that stand for a missing number, beside the empty one and whatever is no number.
    filling_values : number, optional
        What stands in their place: by default NaN, -1 for integers, False for truth values.

    Returns
    -------
    array
    """
    _check_delimiter(delimiter)
    kind = _kind(dtype)
    missing = {missing_values} if isinstance(missing_values, str) else set(missing_values or ())
    fill = {"int": -1, "bool": False}.get(kind, float("nan")) if filling_values is None else filling_values
    read = _Reader(kind, converters, usecols, missing=missing | {""}, fill=fill)
    with _Lines(fname, encoding) as lines:
        texts = itertools.islice(lines, max(skip_header, 0), None)
        rows = list(itertools.islice(_fields(texts, _markers(comments, delimiter), delimiter), max_rows))
    for fields in rows[: len(rows) - skip_footer if skip_footer > 0 else None]:
        read.row(fields)
    if not read.count:
        warnings.warn(f'genfromtxt: Empty input file: "{fname}"', UserWarning, stacklevel=2)
    return _shaped(read.array(dtype), unpack, ndmin)


def savetxt(
    fname: Any,
    X: Any,
    fmt: str | Iterable[str] = "%.18e",
    delimiter: str = " ",
    newline: str = "\n",
    header: str = "",
    footer: str = "",
    comments: str = "# ",
    encoding: str | None = None,
) -> None:
    """
    Write an array of one or two axes as a table of text.

    Parameters
    ----------
    fname : path or file object
        A path that ends with `.gz` is packed.
    X : array_like
        What is written; one axis as a column.
    fmt : str or sequence of str, optional
        A format for all numbers, for each column, or for a whole row.
    delimiter, newline : str, optional
        What stands between columns, and behind rows.
    header, footer : str, optional
        What stands before and after the table, with `comments` before each line.
    encoding : str, optional
        Of the file; UTF-8 by default.

    Raises
    ------
    ValueError
        For another number of axes, and formats that are not as many as columns.
    """
    import walle.numpy as _

    table = _.asarray(X)
    if table.ndim not in (1, 2):
        raise ValueError(f"Expected 1D or 2D array, got {table.ndim}D array instead")
    columns = table.shape[1] if table.ndim == 2 else 1
    is_complex = table.dtype.name.startswith("complex")
    form = _row_format(fmt, delimiter, columns, is_complex)
    with _Writer(fname, encoding) as write:
        if header:
            write(comments + header.replace("\n", "\n" + comments) + newline)
        for row in table:
            write(_row(form, row.tolist() if table.ndim == 2 else [row.item()], table.dtype.name) + newline)
        if footer:
            write(comments + footer.replace("\n", "\n" + comments) + newline)


# Writing


def _row_format(fmt: Any, delimiter: str, columns: int, is_complex: bool) -> str:
    if isinstance(fmt, str):
        count = fmt.count("%")
        if count == 1:
            one = f" ({fmt}+{fmt}j)" if is_complex else fmt
            return delimiter.join([one] * columns)
        if count != (2 * columns if is_complex else columns):
            raise ValueError(f"fmt has wrong number of % formats:  {fmt}")
        return fmt
    formats = list(fmt)
    if len(formats) != columns:
        raise AttributeError(f"fmt has wrong shape.  {formats}")
    return delimiter.join(formats)


def _row(form: str, values: list[Any], dtype: str) -> str:
    is_complex = dtype.startswith("complex")
    if is_complex:
        values = [part for value in values for part in (value.real, value.imag)]
    if "s" in form and dtype in ("float16", "bfloat16", "float32", "complex64"):
        kind = "float32" if is_complex else dtype
        values = [_Short(value, kind) for value in values]
    try:
        text = form % tuple(values)
    except TypeError as error:
        raise TypeError(f"Mismatch between array dtype ('{dtype}') and format specifier ('{form}')") from error
    return text.replace("+-", "-") if is_complex else text


class _Short(float):
    """A number of a type with fewer digits, which shows no more than these."""

    kind: str

    def __new__(cls, value: float, kind: str) -> _Short:
        self = super().__new__(cls, value)
        self.kind = kind
        return self

    def __str__(self) -> str:
        from ._scalars import scalar_str

        return scalar_str(float(self), self.kind)


class _Writer:
    """A function that writes text to a path, or to a file of text or bytes."""

    def __init__(self, fname: Any, encoding: str | None) -> None:
        self.fname, self.encoding = fname, encoding
        self.file: Any = None

    def __enter__(self) -> Callable[[str], Any]:
        if hasattr(self.fname, "write"):
            return self._first
        path = os.fspath(self.fname)
        if path.endswith(".gz"):
            import gzip

            self.file = gzip.open(path, "wt", encoding=self.encoding or "utf-8")
        else:
            self.file = open(path, "w", encoding=self.encoding or "utf-8", newline="")
        return self.file.write

    def _first(self, text: str) -> Any:
        """Files of bytes do not say what they are before they are written to."""
        try:
            return self.fname.write(text)
        except TypeError:
            return self.fname.write(text.encode(self.encoding or "latin-1"))

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


# Reading


class _Lines:
    """The lines of a path, a file, or an iterable, as texts."""

    def __init__(self, fname: Any, encoding: str | None) -> None:
        self.fname, self.encoding = fname, encoding
        self.file: Any = None

    def __enter__(self) -> Iterator[str]:
        fname = self.fname
        if isinstance(fname, (str, bytes, os.PathLike)):
            path = os.fsdecode(os.fspath(fname))
            if path.endswith(".gz"):
                import gzip

                self.file = gzip.open(path, "rt", encoding=self.encoding or "utf-8")
            else:
                self.file = open(path, encoding=self.encoding or "utf-8")
            return iter(self.file)
        return self._texts(iter(fname))

    def _texts(self, lines: Iterator[Any]) -> Iterator[str]:
        for line in lines:
            yield line.decode(self.encoding or "latin-1") if isinstance(line, (bytes, bytearray)) else line

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def _check_delimiter(delimiter: str | None) -> None:
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1):
        raise TypeError(
            f"Text reading control character must be a single unicode character or None; but got: {delimiter!r}"
        )
    if delimiter in ("\n", "\r"):
        raise TypeError("delimiter cannot be a newline")


def _markers(comments: Any, delimiter: str | None) -> tuple[str, ...]:
    if comments is None:
        return ()
    markers = (comments,) if isinstance(comments, (str, bytes)) else tuple(comments)
    texts = tuple(marker.decode("latin-1") if isinstance(marker, bytes) else marker for marker in markers)
    if "" in texts:
        raise ValueError("comments cannot be an empty string. Use comments=None to disable comments.")
    if delimiter in texts:
        raise TypeError(f"Comment characters {texts} and delimiter {delimiter!r} may not be the same")
    return texts


def _fields(lines: Iterable[str], markers: tuple[str, ...], delimiter: str | None) -> Iterator[list[str]]:
    """The fields of lines that have any."""
    for line in lines:
        for marker in markers:
            line = line.partition(marker)[0]
        line = line.rstrip("\r\n")
        fields = line.split(delimiter)
        if fields and line:
            yield fields


def _kind(dtype: Any) -> str:
    """What texts become: "bool", "int", "float" or "complex"."""
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    for kind in ("bool", "complex", "float", "int"):
        if kind in name:
            return kind
    raise TypeError(f"tables of {name} are not offered: read them with the csv module")


def _to_bool(text: str) -> bool:
    return int(text) != 0


class _Reader:
    """Turns rows of texts into numbers, all rows of one length."""

    def __init__(
        self, kind: str, converters: Converters, usecols: Any, missing: set[str] | None = None, fill: Any = None
    ) -> None:
        self.convert: Callable[[str], Any] = {"bool": _to_bool, "int": int, "float": float, "complex": complex}[kind]
        self.kind, self.converters, self.missing, self.fill = kind, converters, missing, fill
        self.columns = self._columns(usecols)
        self.width: int | None = None
        self.functions: list[Callable[[str], Any]] | None = None
        self.values: list[Any] = []
        self.count = 0

    @staticmethod
    def _columns(usecols: Any) -> list[int] | None:
        if usecols is None:
            return None
        try:
            return [operator.index(usecols)]
        except TypeError:
            pass
        try:
            return [operator.index(column) for column in usecols]
        except TypeError as error:
            raise TypeError("usecols must be an int or a sequence of ints") from error

    def row(self, fields: list[str]) -> None:
        if self.columns is not None:
            fields = self._chosen(fields)
        if self.width is None:
            self.width = len(fields)
            self.functions = self._functions(fields)
        elif len(fields) != self.width:
            raise ValueError(
                f"the number of columns changed from {self.width} to {len(fields)} at row {self.count + 1}; "
                "use `usecols` to select a subset and avoid this error"
            )
        try:
            if self.functions is None:
                # Most rows: a look at all fields together is cheaper than one at each.
                convert = self._strict if any("_" in field for field in fields) else self.convert
                self.values.extend([convert(field) for field in fields])
            else:
                self.values.extend([function(field) for function, field in zip(self.functions, fields)])
        except ValueError:
            self._explain(fields)
        self.count += 1

    def _chosen(self, fields: list[str]) -> list[str]:
        try:
            return [fields[column] for column in self.columns or ()]
        except IndexError:
            wrong = next(c for c in self.columns or () if not -len(fields) <= c < len(fields))
            raise ValueError(
                f"invalid column index {wrong} at row {self.count + 1} with {len(fields)} columns"
            ) from None

    def _functions(self, fields: list[str]) -> list[Callable[[str], Any]] | None:
        """A function for each column; None when all are the same."""
        plain = self._or_fill if self.missing is not None else self._strict
        if callable(self.converters):
            return [self.converters] * len(fields)
        if not self.converters:
            return [plain] * len(fields) if self.missing is not None else None
        total = len(fields) if self.columns is None else None
        wanted = {}
        for key, function in self.converters.items():
            column = operator.index(key)
            wanted[column + total if column < 0 and total is not None else column] = function
        columns = self.columns if self.columns is not None else range(len(fields))
        return [wanted.get(column, plain) for column in columns]

    def _strict(self, text: str) -> Any:
        """Python takes underscores in numbers; tables do not have them."""
        if "_" in text:
            raise ValueError(f"could not convert string {text!r}")
        return self.convert(text)

    def _or_fill(self, text: str) -> Any:
        text = text.strip()
        if text in (self.missing or ()) or "_" in text:
            return self.fill
        try:
            return self.convert(text)
        except ValueError:
            return self.fill

    def _explain(self, fields: list[str]) -> None:
        """Find the field that is no number. The error that a function gave is its cause."""
        functions = self.functions or [self._strict] * len(fields)
        for column, (function, field) in enumerate(zip(functions, fields)):
            try:
                function(field)
            except ValueError as error:
                name = {"int": "int64", "float": "float64", "complex": "complex128"}.get(self.kind, self.kind)
                place = column if self.columns is None else self.columns[column]
                raise ValueError(
                    f"could not convert string {field!r} to {name} at row {self.count}, column {place + 1}."
                ) from error

    def array(self, dtype: Any) -> Any:
        import walle.numpy as _

        if not self.count:
            return _.zeros((0,) if self.columns is None else (0, len(self.columns)), dtype)
        return _.asarray(self.values, dtype).reshape((self.count, self.width or 0))


def _shaped(table: Any, unpack: bool, ndmin: int) -> Any:
    shape = tuple(table.shape)
    if len(shape) > ndmin:
        shape = tuple(length for length in shape if length != 1)
    if len(shape) < ndmin:
        # What has lost its axes is a column.
        shape = (1,) if ndmin == 1 else (shape[0] if shape else 1, 1)
    table = table.reshape(shape)
    return table.T if unpack else table
