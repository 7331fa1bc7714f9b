"""Partial answers as Google gives them: of a JSON object what the parameter ``fields`` names, and nothing else."""

from typing import Any, TypeAlias

Mask: TypeAlias = dict[str, Any]


def masked(value: Any, fields: str | None) -> Any:
    """``value`` with what ``fields`` names ("a,b(c,d)"); whole without ``fields``."""
    return _masked(value, _read(fields)) if fields else value


def _masked(value: Any, mask: Mask) -> Any:
    if not mask:
        return value
    if isinstance(value, list):
        return [_masked(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _masked(each, mask[key]) for key, each in value.items() if key in mask}


def _read(text: str) -> Mask:
    mask: Mask = {}
    stack, name = [mask], ""
    for letter in f"{text},":
        if letter not in ",()":
            name += letter
            continue
        if name:
            inner = stack[-1].setdefault(name, {})
        if letter == "(":
            stack.append(inner)
        elif letter == ")":
            stack.pop()
        name = ""
    return mask
