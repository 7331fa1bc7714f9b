"""Takes out of a text what no address book can keep: control characters, halves of characters, other compositions."""

import re
import unicodedata
from typing import Final

_LINE_ENDS: Final = re.compile(r"\r\n|[\r\u0085\u2028\u2029\v\f]")
_UNFIT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 2.2, and C1
_SPACES: Final = re.compile(r"[ \t]*[\n\t][ \t\n]*")


def clean(text: str, *, lines: bool = False) -> str:
    """``text`` in NFC without control characters, lone surrogates and white space around it; itself where that is so.

    Line ends stay, as ``\\n``, where ``lines`` says so; otherwise they and tabs become a space.
    """
    if not text.isprintable():
        text = _LINE_ENDS.sub("\n", text)
        text = _UNFIT.sub("", text)
        text = text.replace("\t", " ") if lines else _SPACES.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.strip()
