"""What somebody has an answering machine say to those outside the own organisation; never what it says inside."""

from dataclasses import dataclass, field
from typing import Final

MOST_CHARACTERS: Final = 1000
"""The longest text that is kept of a reply."""


@dataclass(frozen=True, slots=True)
class AutomaticReply:
    """The text, plain and not empty, that every sender outside gets now. It shows in no log: ValueError if empty."""

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a reply that says nothing is none")
