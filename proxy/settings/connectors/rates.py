"""How a budget is written: so many calls in so long, "600/1m"."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator

from proxy.layers.budget import MOST, Rate
from service.durations import parse, written

_DIGITS: Final = len(str(MOST))
_WRITTEN: Final = re.compile(r"\s*(\d+)\s*/\s*(.+?)\s*")


def rate_of(text: str) -> Rate:
    """What ``text`` allows. Raises ValueError with a remedy."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is no budget: write calls, a stroke and a length of time, such as "600/1m"')
    per = parse(match[2])
    calls = int(match[1]) if len(match[1]) <= _DIGITS else MOST + 1
    if not 1 <= calls <= MOST:
        raise ValueError(f'"{text}" is no budget: between 1 and {MOST:,} calls can be counted')
    return Rate(calls, per)


def among(budget: Sequence[str], parts: int) -> tuple[str, ...]:
    """The part of one of so many who call by the same account without knowing of each other."""
    rates = (rate_of(text).among(parts) for text in budget)
    return tuple(f"{rate.calls}/{written(rate.per)}" for rate in rates)


def _checked(text: str) -> str:
    rate_of(text)
    return text


Budget: TypeAlias = tuple[Annotated[str, AfterValidator(_checked)], ...]
"""A field of the settings that holds a budget: each of its rates is kept to."""
