"""Amounts of bytes the way a person writes them in the settings: ``1MiB``, ``512KiB`` or a bare number of bytes."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
_WRITTEN = re.compile(r"(\d{1,12})\s*([A-Za-z]*)")


def parse(text: object) -> int:
    """The number of bytes that ``text`` writes down. Raises ValueError with a remedy."""
    if isinstance(text, int) and not isinstance(text, bool):
        size = text
    else:
        match = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or match[2] not in _UNITS:
            raise ValueError('not a size: write a number of bytes or a number and its unit, such as "1MiB" or "512KiB"')
        size = int(match[1]) * _UNITS[match[2]]
    if size <= 0:
        raise ValueError('a size must be more than nothing: write for example "1MiB"')
    return size


def written(size: int) -> str:
    """``size`` in the largest binary unit that leaves a whole number."""
    for unit in ("GiB", "MiB", "KiB"):
        if size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}"
    return f"{size}B"


ByteCount = Annotated[
    int, BeforeValidator(parse), PlainSerializer(written), WithJsonSchema({"type": "string", "examples": ["1MiB"]})
]
"""A field of the settings that holds a size in bytes."""
