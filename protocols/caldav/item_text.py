"""The texts of an event: out of iCalendar in the form of the house, and into it (RFC 5545 3.3.11)."""

import re
from typing import Final

from protocols.model import texts

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_COMMA: Final = re.compile(r"(?<!\\)((?:\\\\)*),")
_UNPRINTABLE: Final = {**dict.fromkeys([*range(32), 127], None), ord("\t"): "\t", ord("\n"): "\n"}


def body(value: str) -> str:
    """The text of a DESCRIPTION, lines ended by \\n."""
    return texts.lines(_plain(value))


def line(value: str) -> str:
    """The text of a SUMMARY or a LOCATION as one line without spaces around."""
    return texts.line(_plain(value))


def words(value: str) -> list[str]:
    """The texts of a list, as of CATEGORIES."""
    parted = _COMMA.sub("\\1\n,", value).split("\n,")
    return [word for part in parted if (word := texts.cut(line(part))[0])]


def escaped(text: str) -> str:
    """``text`` as the value of a property of type TEXT."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNPRINTABLE)
    plain = plain.encode("utf-8", "replace").decode()  # halves of surrogate pairs, which no server takes
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
