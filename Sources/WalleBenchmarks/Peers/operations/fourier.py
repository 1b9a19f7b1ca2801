"""Fourier transforms."""

from operations.kinds import FLOATS, Operation

_FAMILY = "fft"
_SIZES = (10, 1024, 10_000, 1_000_000)


def _new(name: str, expression: str, setup: str = "a = centred(1)", sizes: tuple = _SIZES, **rest) -> Operation:
    return Operation(name, _FAMILY, f"r = np.fft.{expression}", setup, FLOATS, sizes, tolerance=10, **rest)


OPERATIONS = (
    _new("fft", "fft(a)", "a = centred(1) + 1j * centred(2)"),
    _new("ifft", "ifft(a)", "a = centred(1) + 1j * centred(2)"),
    _new("rfft", "rfft(a)"),
    _new("irfft", "irfft(a)"),
    _new("fft2", "fft2(x)", "x = centred(1).reshape(n)", ((256, 256),)),
)
