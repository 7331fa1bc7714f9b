"""Puts text into PowerShell so that it stays text: nothing of the configuration may become a command."""

import re
import unicodedata
from collections.abc import Iterable

# PowerShell takes each of these for a single quote; two of them in a row are one that is meant literally.
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_REFUSED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, invisible and direction characters, lone surrogates, line ends


def quoted(text: str) -> str:
    """``text`` as a single-quoted PowerShell string. Raises ValueError for control and invisible characters."""
    if bad := [c for c in text if unicodedata.category(c) in _REFUSED]:
        raise ValueError(f"{text!r} holds {bad[0]!r}, which has no place in a command")
    return "'" + _QUOTES.sub(r"\1\1", text) + "'"


def quoted_list(texts: Iterable[str]) -> str:
    """``texts`` as a PowerShell array of strings."""
    return "@(" + ", ".join(quoted(text) for text in texts) + ")"


def comment(text: str) -> list[str]:
    """``text`` as PowerShell comment lines; nothing in it can end the comment early."""
    flat = "".join(" " if unicodedata.category(c) in _REFUSED - {"Cf"} and c != "\n" else c for c in text)
    return [f"# {line}".rstrip() for line in flat.split("\n")]
