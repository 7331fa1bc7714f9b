"""Makes one line that a terminal shows as it is of what strangers wrote: a name, a subject, the words of a server."""

from typing import Final

_LONGEST: Final = 200
"""Characters of one value: a report is read by people."""


def one_line(text: str) -> str:
    """``text`` as one line that a terminal shows as it is: control characters are replaced, the rest is cut."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
