"""What two interpreters compute at once: work that stays in the caches of a core."""

from operations.kinds import Operation

OPERATIONS = (
    Operation(
        "SGEMM", "sharing", "np.matmul(x, y, out=r)",
        "x = centred(1).reshape(n); y = centred(2).reshape(n); r = np.empty(n, dt)", ("float32",), ((512, 512),),
        "out",
    ),
    Operation(
        "chain of elementwise operations", "sharing", "r = np.sqrt(a * a + b * b) * 2 + np.exp(a)",
        "a = centred(1); b = centred(2)", ("float32",), (10_000,),
    ),
)
