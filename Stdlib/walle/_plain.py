"""Makes values that do not cross to Swift into ones that do."""

import sys


def plain(value):
    """Make something that crosses to Swift of an object that does not; the object itself when nothing is known."""
    kind = type(value)
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is not None:
        return {name: getattr(value, name) for name in fields}
    enum = sys.modules.get("enum")
    if enum is not None and isinstance(value, enum.Enum):
        return value.value
    to_list = getattr(value, "tolist", None)
    if to_list is not None:
        return to_list()
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return float(value)
    if kind.__name__ == "UUID" or hasattr(kind, "__fspath__"):
        return str(value)
    if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
        return {key: value[key] for key in value.keys()}
    if hasattr(kind, "__len__") and hasattr(kind, "__iter__"):
        return list(value)
    return value
