"""Which characters nobody sees: texts that differ by them alone look the same, and some systems take them for one."""

import unicodedata
from typing import Final

_DEFAULT_IGNORABLE: Final = (  # Unicode's DerivedCoreProperties, of what is no format character (Cf) anyway
    range(0x034F, 0x0350),
    range(0x115F, 0x1161),
    range(0x17B4, 0x17B6),
    range(0x180B, 0x1810),
    range(0x3164, 0x3165),
    range(0xFE00, 0xFE10),
    range(0xFFA0, 0xFFA1),
    range(0xE0000, 0xE1000),
)


def is_invisible(character: str) -> bool:
    """Whether it is a control or format character (Cc, Cf) other than white space, or one ignored by default."""
    if unicodedata.category(character) in ("Cc", "Cf"):
        return not character.isspace()
    return any(ord(character) in block for block in _DEFAULT_IGNORABLE)


def is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it: above, below, through or around it (Mn, Me, any combining class)."""
    return unicodedata.category(character) in ("Mn", "Me") or unicodedata.combining(character) != 0
