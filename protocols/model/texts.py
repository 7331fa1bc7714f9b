"""The texts of appointments and contacts in one form, whichever system they are read from: so that equal is equal."""

import re
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 32_000
"""Characters of a text that are carried; what is longer is cut, and said to be."""
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What one system or another cannot hold: control characters, halves of surrogate pairs, what XML has not."""


def line(value: object) -> str:
    """``value`` as one line without spaces around; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    parts = [_UNSEEN.sub("", part).strip() for part in value.splitlines()]
    return " ".join(filter(None, parts))


def lines(value: object) -> str:
    """``value`` as lines ended by \\n, no spaces or line ends at its end; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    return _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).rstrip()


def cut(text: str, longest: int = LONGEST) -> tuple[str, bool]:
    """``text`` as far as it is carried, and whether that is not all of it."""
    return (text, False) if len(text) <= longest else (text[:longest].rstrip(), True)


def categories(values: Iterable[object]) -> tuple[str, ...]:
    """Sorted, each once."""
    return tuple(sorted({told for told in map(line, values) if told}))
