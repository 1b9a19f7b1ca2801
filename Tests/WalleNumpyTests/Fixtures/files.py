"""Arrays in files, of NumPy's formats."""

import io
import os
import tempfile

import walle.numpy as np

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
    "complex64", "complex128",
]  # fmt: skip

# What NumPy 2.5.5 writes of arange(3, dtype='<i2').
KNOWN = (
    b"\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }"
    + b" " * 60
    + b"\n\x00\x00\x01\x00\x02\x00"
)

# Headers that are refused, and what the message has.
FORGED = [
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", "negative lengths"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", "larger than any memory"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999,), }", "16 are left"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999999999999), }", "larger than any memory"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (2), }", "cannot parse"),
    ("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,), }", "not True or False"),
    ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "records"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "pickles are never loaded"),
    ("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", "view('u4')"),
    ("{'descr': '<f8', 'shape': (2,), }", "not descr, fortran_order and shape"),
    ("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "twice"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), } + exit()", "cannot parse"),
    ("__import__('os')", "cannot parse"),
]


def _refused(data, message, kinds=(ValueError,)):
    try:
        np.load(io.BytesIO(data))
    except kinds as error:
        assert message in str(error), error
    else:
        raise AssertionError(f"loaded {data[:100]!r}")


def _with_header(text, body=bytes(16)):
    raw = text.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(raw).to_bytes(2, "little") + raw + body


def test_all_types_come_back():
    for dtype in DTYPES:
        for shape in [(), (0,), (3,), (2, 3), (2, 0, 4), (2, 3, 4)]:
            count = 1
            for length in shape:
                count *= length
            array = np.asarray([x % 2 for x in range(count)], dtype=dtype).reshape(shape)
            for saved in (array, array.T):
                file = io.BytesIO()
                np.save(file, saved)
                assert len(file.getvalue()) % 64 == saved.size * saved.dtype.itemsize % 64
                file.seek(0)
                loaded = np.load(file)
                assert loaded.dtype == saved.dtype and loaded.shape == saved.shape
                assert loaded.tolist() == saved.tolist()


def test_bytes_are_those_of_numpy():
    file = io.BytesIO()
    np.save(file, np.asarray([0, 1, 2], dtype="int16"))
    assert file.getvalue() == KNOWN, file.getvalue()


def test_other_byte_orders_and_versions_are_read():
    text = "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 2), }"
    body = b"".join(value.to_bytes(4, "big") for value in (1, 2, 3, 4))
    assert np.load(io.BytesIO(_with_header(text, body))).tolist() == [[1, 3], [2, 4]]
    raw = b"{'shape': (1L,), 'descr': '<c8', 'fortran_order': False}\n"
    for version in (2, 3):
        start = b"\x93NUMPY" + bytes([version, 0]) + len(raw).to_bytes(4, "little")
        text = raw if version == 2 else raw.replace(b"1L", b"1 ")
        assert np.load(io.BytesIO(start + text + bytes(8))).tolist() == [0j]


def test_forged_headers_are_refused():
    for text, message in FORGED:
        _refused(_with_header(text), message)


def test_other_files_are_refused():
    _refused(b"", "no data left", (EOFError,))
    _refused(b"\x80\x04K\x01.", "pickles are never loaded")
    _refused(b"1 2 3", "loadtxt")
    _refused(KNOWN[:-1], "5 are left")
    _refused(KNOWN[:40], "within the header")
    _refused(KNOWN[:6] + b"\x09\x00" + KNOWN[8:], "format version 9.0")
    _refused(b"PK\x03\x04 no archive", "damaged")
    _refused(_with_header("{" + " " * 20000), "max_header_size")


def test_files_have_names_and_ends():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "numbers")
        np.save(path, np.asarray([1.5]))
        assert np.load(path + ".npy").tolist() == [1.5]
        with open(path + ".npy", "ab") as file:
            file.write(b"more")
        try:
            np.load(path + ".npy")
        except ValueError as error:
            assert "numbers.npy" in str(error) and "behind the array" in str(error)
        else:
            raise AssertionError("loaded")


def test_archives():
    for save in (np.savez, np.savez_compressed):
        file = io.BytesIO()
        save(file, np.asarray([1, 2]), total=np.asarray(3.5))
        file.seek(0)
        with np.load(file) as arrays:
            assert sorted(arrays.files) == ["arr_0", "total"] and len(arrays) == 2
            assert arrays["arr_0"].tolist() == [1, 2] and arrays["total.npy"].item() == 3.5
            assert "total" in arrays and "other" not in arrays
            try:
                arrays["other"]
            except KeyError as error:
                assert "other is not a file in the archive" in str(error)
            else:
                raise AssertionError("found")


def test_pickles_are_refused():
    try:
        np.load(io.BytesIO(KNOWN), allow_pickle=True)
    except ValueError as error:
        assert "pickle" in str(error)
    else:
        raise AssertionError("allowed")


def test_tables():
    assert np.loadtxt(["0 1", "", "2 3 # comment"]).tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert np.loadtxt(["a", "1,2,3", "4,5,6"], delimiter=",", skiprows=1, usecols=(2, 0)).tolist() == [[3, 1], [6, 4]]
    assert np.loadtxt(["1 2", "3 4"], unpack=True, dtype="int64").tolist() == [[1, 3], [2, 4]]
    assert np.loadtxt(["1", "2", "3"], max_rows=2).tolist() == [1.0, 2.0]
    assert np.loadtxt(["5"]).shape == () and np.loadtxt(["5"], ndmin=2).shape == (1, 1)
    assert np.loadtxt(["1 x"], converters={1: lambda text: 7}).tolist() == [1.0, 7.0]
    assert np.genfromtxt(["1,,3", "4,x,6"], delimiter=",", filling_values=0).tolist() == [[1, 0, 3], [4, 0, 6]]


def test_wrong_tables_are_refused():
    for lines, message in [
        (["1 2", "3"], "the number of columns changed from 2 to 1 at row 2"),
        (["1 2", "3 x"], "could not convert string 'x' to float64 at row 1, column 2."),
        (["1_0"], "could not convert string '1_0'"),
    ]:
        try:
            np.loadtxt(lines)
        except ValueError as error:
            assert message in str(error), error
        else:
            raise AssertionError(lines)


def test_tables_are_written():
    file = io.StringIO()
    np.savetxt(file, np.asarray([[1.0, 2.0], [3.0, 4.0]]), fmt="%.1f", delimiter=",", header="a,b", footer="end")
    assert file.getvalue() == "# a,b\n1.0,2.0\n3.0,4.0\n# end\n"
    file = io.StringIO()
    np.savetxt(file, np.asarray([1 / 3]))
    assert file.getvalue() == "3.333333333333333148e-01\n"
    assert np.loadtxt(io.StringIO(file.getvalue())).tolist() == 1 / 3
