"""What to use in place of names that NumPy has, or had, and `walle.numpy` has not."""

from __future__ import annotations

# By what to say: the names it holds for.
_CLAUSES = {
    "there are no arrays of objects: keep objects in a list": "object object_ object0",
    "arrays hold numbers: keep text in a list": (
        "str str_ unicode unicode_ str0 string_ char strings character chararray compare_chararrays"
    ),
    "arrays hold numbers: keep bytes in a list, or in a uint8 array by frombuffer": "bytes_ bytes0",
    "there are no structured arrays: use a dict of arrays, one for each field": (
        "void void0 flexible rec record recarray format_parser recfromcsv recfromtxt"
    ),
    "use float64 seconds or int64 microseconds, and the module datetime for dates": (
        "datetime64 timedelta64 datetime_as_string datetime_data isnat busday_count busday_offset busdaycalendar "
        "is_busday"
    ),
    "there is no longer float: use float64": "longdouble longfloat float128 float96",
    "there is no longer complex: use complex128": "clongdouble clongfloat longcomplex complex256 complex192",
    "use bool, or bool_": "bool8",
    "use int, or int64": "int int0",
    "use uint64": "uint0",
    "use float, or float64": "float float_",
    "use complex, or complex128": "complex complex_ cfloat",
    "use complex64": "singlecomplex",
    "use inf": "Inf Infinity PINF infty",
    "use -inf": "NINF",
    "use nan": "NaN NAN",
    "use -0.0": "NZERO",
    "use 0.0": "PZERO",
    "use array, and @ for products of matrices": "matrix asmatrix mat",
    "use block": "bmat",
    "use trapezoid": "trapz",
    "use isin": "in1d",
    "use vstack": "row_stack",
    "use prod": "product",
    "use cumprod": "cumproduct",
    "use any": "sometrue",
    "use all": "alltrue",
    "use round": "round_",
    "use asarray with a dtype": "asfarray",
    "use asarray(a.T) or a.T.copy()": "fastCopyAndTranspose",
    "use promote_types or result_type": "find_common_type",
    "use issubdtype or isdtype": "issubclass_ issubsctype issctype",
    "use dtype(...).type, .char or .itemsize": "obj2sctype sctype2char nbytes maximum_sctype sctypes cast",
    "use the attributes of dtype objects; the classes of dtypes are one here": "dtypes",
    "use dtype(...)": "core",
    "use memory addresses through array.__array_interface__ and array.nbytes": "byte_bounds",
    "use errstate, seterr and geterr": "geterrobj seterrobj set_numeric_ops",
    "use set_printoptions": "set_string_function",
    "cast to complex first, for example sqrt(x + 0j)": "emath",
    "use poly1d, polyfit and polyval, whose coefficients begin with the highest power": "polynomial",
    "use errstate and isnan with where, or arrays with NaN and the functions nansum, nanmean, ...": "ma",
    "use nditer with several arrays, or loops over ndindex": "nested_iters",
    "use the function of this name in the package itself": "lib",
    "buffers of functions of elements have no size to set": "getbufsize setbufsize",
    "use memoryview(array), or the module ctypes with array.__array_interface__": "ctypeslib",
    "use help(...)": "info lookfor source who",
    "the package has no headers: use the buffer protocol or DLPack": "get_include",
    "there is no Fortran compiler here": "f2py",
    "use walle.numpy.__version__": "show_config show_runtime",
    "run pytest on tests of your own": "test",
    "use annotations with walle.numpy.ndarray": "typing",
    "use load with mmap_mode, or frombuffer over mmap.mmap": "memmap",
    "use re.findall and array": "fromregex",
    "use open() or the package's load and loadtxt": "DataSource",
    "use array.__array_wrap__ of your own class, if any": "get_array_wrap",
    "use the module ast: ast.literal_eval": "safe_eval",
    "use the module warnings": "deprecate deprecate_with_doc",
    "use __doc__": "add_docstring add_newdoc add_newdoc_ufunc",
    "use the module tracemalloc": "tracemalloc_domain",
}
_HINTS = {name: clause for clause, names in _CLAUSES.items() for name in names.split()}


def message(name: str) -> str:
    """The text of the error that a missing name raises."""
    text = f"module 'walle.numpy' has no attribute {name!r}"
    if name in _HINTS:
        return f"{text}: {_HINTS[name]}"
    if name.startswith("_"):
        return text
    import difflib
    import sys

    near = difflib.get_close_matches(name, sys.modules["walle.numpy"].__dir__(), 1, 0.8)
    return f"{text}: is it {near[0]!r}?" if near else text
