"""Makes text that came from a file harmless for a terminal: nothing in it moves the cursor or turns the writing."""

import re
from typing import Final

_LINE_ENDS: Final = re.compile("\r\n|\n|\t")


def printable(text: str) -> str:
    """``text`` in one line, with every character escaped that is not to be seen: controls, directions, surrogates."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def printable_lines(text: str) -> str:
    """The same, but line ends and tabs stay."""
    parts = _LINE_ENDS.split(text)
    between = [*_LINE_ENDS.findall(text), ""]
    return "".join(printable(part) + end for part, end in zip(parts, between, strict=True))


def _escaped(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
