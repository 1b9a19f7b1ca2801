"""What `walle check` asks of an entry before it runs."""

import inspect as _inspect
import types
import typing


def inspect(entry, inputs):
    """Describe an entry, and tell what does not fit between its signature and the inputs of its examples."""
    try:
        signature = _inspect.signature(entry)
    except (TypeError, ValueError):
        return {"signature": "(…)", "problems": []}
    problems = []
    parameter = _parameter(entry, signature, problems)
    try:
        hints = typing.get_type_hints(entry)
    except Exception as error:
        hints = {}
        problems.append(f"its annotations cannot be read: {type(error).__name__}: {error}")
    if parameter is not None and parameter.name in hints:
        for index, value in enumerate(inputs):
            misfit = _misfit(value, hints[parameter.name], parameter.name)
            if misfit is not None:
                problems.append(f"the input of example {index + 1} does not fit: {misfit}")
    return {"signature": str(signature), "problems": problems}


def _parameter(entry, signature, problems):
    """The parameter that takes the input; None when there is none."""
    parameters = list(signature.parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not positional and not any(p.kind == p.VAR_POSITIONAL for p in parameters):
        problems.append("it takes no argument, and a run gives it one: the input")
    elif len([p for p in needed if p not in positional[:1]]) > 0:
        names = ", ".join(p.name for p in needed if p not in positional[:1])
        problems.append(f"a run gives it one argument, the input, and it also needs {names}")
    return positional[0] if positional else None


def _misfit(value, hint, path):
    """Where a JSON value does not fit a type hint; None when it fits, or when the hint says too much to tell."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if hint is typing.Any or isinstance(hint, typing.TypeVar):
        return None
    if origin in (typing.Union, types.UnionType):
        misfits = [_misfit(value, argument, path) for argument in arguments]
        return None if None in misfits else misfits[0]
    if origin is typing.Literal:
        return None if value in arguments else f"{path} is {value!r}, not one of {arguments}"
    kind = origin or hint
    if kind is float and type(value) in (int, float):
        return None
    if kind in (bool, int, float, str, list, dict, type(None)) and type(value) is not kind:
        return f"{path} is of type {type(value).__name__}, not {getattr(kind, '__name__', kind)}"
    if kind is list and len(arguments) == 1:
        return _first(_misfit(item, arguments[0], f"{path}[{index}]") for index, item in enumerate(value))
    if kind is dict and len(arguments) == 2:
        return _first(_misfit(item, arguments[1], f"{path}[{key!r}]") for key, item in value.items())
    if typing.is_typeddict(hint):
        return _typed_dict_misfit(value, hint, path)
    return None


def _typed_dict_misfit(value, hint, path):
    if type(value) is not dict:
        return f"{path} is of type {type(value).__name__}, not dict"
    missing = sorted(hint.__required_keys__ - value.keys())
    if missing:
        return f"{path} has no {missing[0]!r}"
    hints = typing.get_type_hints(hint)
    return _first(_misfit(item, hints[key], f"{path}[{key!r}]") for key, item in value.items() if key in hints)


def _first(misfits):
    return next((misfit for misfit in misfits if misfit is not None), None)
