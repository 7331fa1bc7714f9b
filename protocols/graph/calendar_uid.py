"""The iCalendar UID that all who were invited share, out of the form in which Exchange tells it."""

from typing import Final

_GLOBAL: Final = "040000008200E00074C5B7101A82E008"
"""How every GlobalObjectId begins ([MS-OXOCAL] 2.2.1.27)."""
_FOREIGN: Final = b"vCal-Uid\x01\x00\x00\x00"
"""What stands before a UID that another system gave ([MS-OXCICAL] 2.1.3.1.1.20.26)."""


def uid_of(told: str) -> str:
    """The UID that another system gave, where the text in hexadecimal holds one; else ``told`` itself."""
    if not told.upper().startswith(_GLOBAL):
        return told
    try:
        content = bytes.fromhex(told)
    except ValueError:
        return told
    place = content.find(_FOREIGN)
    if place < 0:
        return told
    return content[place + len(_FOREIGN) :].split(b"\x00", 1)[0].decode("utf-8", "replace") or told
