"""The names of `walle.numpy` that are found on first use, so that importing it stays quick."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from walle.numpy._typing import Any

_NAMES = {
    "_bits": "base_repr binary_repr packbits unpackbits",
    "_calculus": "diff ediff1d gradient interp trapezoid",
    "_einsum": "einsum einsum_path",
    "_exchange": "from_dlpack",
    "_files": "genfromtxt load loadtxt save savetxt savez savez_compressed",
    "_filters": "bartlett blackman convolve correlate hamming hanning kaiser",
    "_functional": "apply_along_axis apply_over_axes frompyfunc piecewise vectorize",
    "_grids": "c_ index_exp mgrid ogrid r_ s_",
    "_histograms": "bincount digitize histogram histogram2d histogram_bin_edges histogramdd",
    "_iteration": "broadcast nditer",
    "_kinds": "ScalarType asarray_chkfinite common_type isfortran iterable mintypecode sctypeDict typecodes typename",
    "_namespace": "__array_namespace_info__",
    "_polynomials": "poly poly1d polyadd polyder polydiv polyfit polyint polymul polysub polyval roots",
    "_printing": (
        "array2string array_repr array_str format_float_positional format_float_scientific get_printoptions "
        "printoptions set_printoptions"
    ),
    "_products": "cross dot inner kron matmul matvec outer tensordot vdot vecdot vecmat",
    "_sets": (
        "intersect1d isin setdiff1d setxor1d union1d unique unique_all unique_counts unique_inverse unique_values"
    ),
    "_statistics": "corrcoef cov median nanmedian nanpercentile nanquantile percentile quantile",
    "_virtual": "lazy",
}  # fmt: skip
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}
_SUBMODULES = ("exceptions", "fft", "linalg", "random", "testing")


def __getattr__(name: str) -> Any:
    """Import what a name needs, once; the name is the package's own from then on."""
    package = sys.modules["walle.numpy"]
    if name == "__all__":
        return package.__dir__()
    if name in _SUBMODULES:
        __import__(f"walle.numpy.{name}")
        return sys.modules[f"walle.numpy.{name}"]
    if name not in _HOMES:
        if name.startswith("_"):
            # Asked for by imports, which go on to look for a module of this name.
            raise AttributeError(f"module 'walle.numpy' has no attribute {name!r}")
        from walle.numpy import _missing

        raise AttributeError(_missing.message(name), name=name, obj=package)
    home = f"walle.numpy.{_HOMES[name]}"
    __import__(home)
    value = getattr(sys.modules[home], name)
    setattr(package, name, value)
    return value


def __dir__() -> list[str]:
    """All public names, whether they were used yet or not."""
    found = vars(sys.modules["walle.numpy"])
    return sorted({*(name for name in found if not name.startswith("_")), *_HOMES, *_SUBMODULES})
