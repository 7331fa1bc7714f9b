"""Keeps a spreadsheet from taking somebody's name for a formula, so that the very text comes back.

A program that opens a file of comma-separated values computes whatever begins with ``=``, ``+``, ``-`` or ``@``, and
where it expects another separator than ours, a new cell may begin inside of a text. So an apostrophe is put before each
such sign (and before the apostrophes that stand before one already) at the beginning of a text and after whatever could
begin a cell; it is taken away again on reading. ``+49 30`` stands in the file as ``'+49 30``.
(OWASP, "CSV Injection": https://owasp.org/www-community/attacks/CSV_Injection.)
"""

import re
from typing import Final

_BEGINS: Final = r'(\A|[;,\t\r\n|])([" \u00a0]*)'
_SIGNS: Final = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"  # the last four are the wide ones of East Asian keyboards
_BARE: Final = re.compile(rf"{_BEGINS}(?='*[{_SIGNS}])")
_GUARDED: Final = re.compile(rf"{_BEGINS}'(?='*[{_SIGNS}])")


def guarded(text: str) -> str:
    """``text`` as it may stand in a spreadsheet."""
    return _BARE.sub(r"\1\2'", text) if text else text


def bare(text: str) -> str:
    """What :func:`guarded` was given; any other text as it is, unless an apostrophe stands before such a sign."""
    return _GUARDED.sub(r"\1\2", text) if "'" in text else text
