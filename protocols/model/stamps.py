"""How a stamp of this product looks: the sign, in an attribute of an object, that we made it and for whom."""

import re
from typing import Final

STAMPED: Final = "busyline:"
"""What the text of every stamp of this product begins with."""
LONGEST_DESCRIPTION: Final = 1024
"""Characters of a group's description: rangeUpper of ``description`` in Active Directory ([MS-ADA1] 2.153), and the
same in Entra."""
_STAMP: Final = re.compile(r"busyline:[^\s/]+/\S.*")  # a sync's name, and for whom; a team may be "busyline: x"


def is_stamp(told: str) -> bool:
    """Whether ``told`` is a stamp from its beginning to its end."""
    return _STAMP.fullmatch(told) is not None


def stamp_line(description: str) -> str:
    """The last line of ``description`` that is a stamp and nothing else, "" where none is."""
    lines = (line.strip() for line in reversed(description.splitlines()))
    return next((line for line in lines if is_stamp(line)), "")


def with_stamp(description: str, stamp: str) -> str:
    """``description`` with ``stamp`` as its last line; as it is where it has that line, or no room for it.

    Whatever somebody typed stays.
    """
    if stamp.strip() in (line.strip() for line in description.splitlines()):
        return description
    longer = f"{description.rstrip()}\n{stamp}".lstrip("\n")
    return longer if len(longer) <= LONGEST_DESCRIPTION else description
