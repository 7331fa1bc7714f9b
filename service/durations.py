"""Lengths of time the way a person writes them in the settings: ``8s``, ``500ms``, ``2m``, ``1h``, ``7d``."""

import re
from datetime import timedelta
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_DAYS = re.compile(r"(\d{1,5})\s*d")
_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)")


_SEVERAL = '"8s", "500ms", "2m" or "1h"'


def parse(text: object, *, example: str = "") -> timedelta:
    """The length that ``text`` writes down; never nought. Raises ValueError with a remedy: to write ``example``."""
    if isinstance(text, timedelta):
        length = text
    else:
        match = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            such = f'"{example}"' if example else _SEVERAL
            raise ValueError(f"not a length of time: write a number and its unit, such as {such}")
        length = float(match[1]) * _UNITS[match[2]]
    if length <= timedelta():
        raise ValueError(f'a length of time must be more than nothing: write for example "{example or "8s"}"')
    return length


def written(length: timedelta) -> str:
    """``length`` in the largest unit that leaves a whole number, to the millisecond."""
    milliseconds = round(length / _UNITS["ms"])
    for unit in ("d", "h", "m", "s"):
        size = round(_UNITS[unit] / _UNITS["ms"])
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


Duration = Annotated[
    timedelta, BeforeValidator(parse), PlainSerializer(written), WithJsonSchema({"type": "string", "examples": ["8s"]})
]
"""A field of the settings that holds a length of time."""


def such_as(example: str) -> BeforeValidator:
    """Beside ``Duration``: what whoever wrote no length is shown, where those of others are out of bounds."""
    return BeforeValidator(partial(parse, example=example))


def parse_days(text: object) -> timedelta:
    """The whole days that ``text`` writes down (``30d``); nought is allowed. Raises ValueError with a remedy."""
    match = _DAYS.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is not None:
        return timedelta(days=int(match[1]))
    if isinstance(text, timedelta) and text >= timedelta() and not text % _UNITS["d"]:
        return text
    raise ValueError('not a number of days: write whole days, such as "30d"')


def written_days(length: timedelta) -> str:
    """``length``, which is whole days, as :func:`parse_days` reads it."""
    return f"{length.days}d"


Days = Annotated[
    timedelta,
    BeforeValidator(parse_days),
    PlainSerializer(written_days),
    WithJsonSchema({"type": "string", "examples": ["30d"]}),
]
"""A field of the settings that holds whole days."""


def parse_pause(text: object) -> timedelta:
    """As :func:`parse`; nought is allowed. Raises ValueError with a remedy."""
    if isinstance(text, timedelta) and not text:
        return text
    if isinstance(text, str) and (match := _WRITTEN.fullmatch(text.strip())) and not float(match[1]):
        return timedelta()
    return parse(text)


def written_pause(length: timedelta) -> str:
    """``length`` as :func:`parse_pause` reads it."""
    return written(length) if length else "0s"


Pause = Annotated[
    timedelta,
    BeforeValidator(parse_pause),
    PlainSerializer(written_pause),
    WithJsonSchema({"type": "string", "examples": ["0s"]}),
]
"""A field of the settings that holds a length of time, or none: ``0s``."""
