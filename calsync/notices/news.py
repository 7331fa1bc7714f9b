"""What a server said at a hook, in our words, whichever dialect it speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Said(Enum):
    """What it was about."""

    CHANGED = "changed"
    """Something changed, or messages about that may have been lost: the changes are read."""
    BEGUN = "begun"
    """The first message of a channel, which says that it works: nothing changed."""
    RENEW = "renew"
    """The promise ends early unless it is renewed now."""
    ENDED = "ended"
    """The server will tell nothing more: a new promise is needed, and whatever changed meanwhile is read."""


@dataclass(frozen=True, slots=True)
class News:
    """One message, and the ``secret`` by which the server proves that it is from it."""

    said: Said
    secret: str = field(repr=False)


Read: TypeAlias = Callable[[Mapping[str, str], bytes], Sequence[News]]
"""What headers and body say. Raises ValueError where that is no message of this dialect."""
