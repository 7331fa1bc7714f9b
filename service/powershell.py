"""Puts text into PowerShell so that it stays text: nothing of a configuration or an address book becomes a command."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

# PowerShell takes each of these for a single quote; two of them in a row are one that is meant literally.
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_REFUSED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, invisible and direction characters, lone surrogates, line ends


def quoted(text: str) -> str:
    """``text`` as a single-quoted PowerShell string. Raises ValueError for control and invisible characters."""
    if bad := [c for c in text if _is_refused(c)]:
        raise ValueError(f"{text!r} holds {bad[0]!r}, which has no place in a command")
    return "'" + _QUOTES.sub(r"\1\1", text) + "'"


def quoted_list(texts: Iterable[str]) -> str:
    """``texts`` as a PowerShell array of strings."""
    return "@(" + ", ".join(quoted(text) for text in texts) + ")"


def expression(text: str) -> str:
    """``text`` as a PowerShell expression, whatever it holds: what no reader could see stands there as its number.

    Raises ValueError for lone surrogates, which are no characters.
    """
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise ValueError("half a character (a lone surrogate) has no place in a text")
    if not any(map(_is_refused, text)):
        return quoted(text)
    parts = ["''"]  # the first is a string, so that + joins
    for refused, run in groupby(text, _is_refused):
        part = "".join(run)
        parts += map(_number, part) if refused else [quoted(part)]
    return "(" + " + ".join(parts) + ")"


def expression_list(texts: Iterable[str]) -> str:
    """``texts`` as a PowerShell array, see :func:`expression`."""
    return "@(" + ", ".join(expression(text) for text in texts) + ")"


def comment(text: str) -> list[str]:
    """``text`` as PowerShell comment lines; nothing in it can end the comment early."""
    flat = "".join(" " if unicodedata.category(c) in _REFUSED - {"Cf"} and c != "\n" else c for c in text)
    return [f"# {line}".rstrip() for line in flat.split("\n")]


def _is_refused(c: str) -> bool:
    return unicodedata.category(c) in _REFUSED


def _number(c: str) -> str:
    code = ord(c)
    return f"[char]0x{code:04X}" if code < 0x10000 else f"[char]::ConvertFromUtf32(0x{code:X})"
