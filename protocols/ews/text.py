"""Text on its way into XML: escaped, and rid of the characters that XML 1.0 cannot carry."""

import re

# XML 1.0 (5th ed.) 2.2 Char, less those that need an escape
_TO_MEND = re.compile("[^\t\n -%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


def escaped(text: str) -> str:
    """``text`` as the content of an element. Control characters and lone surrogates are dropped."""
    return _TO_MEND.sub(_mend, text) if _TO_MEND.search(text) else text


def quoted(text: str) -> str:
    """``text`` as the value of an attribute between double quotes."""
    return escaped(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def _mend(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "")
