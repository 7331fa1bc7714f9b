"""What a server said at a hook, in our words, whichever dialect it speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Said(Enum):
    """What it was about."""

    CHANGED = "changed"
    """Something changed, or messages about that may have been lost: the changes are read."""
    REMOVED = "removed"
    """Something changed, and something may be gone: the changes are read, and all is listed where they tell nothing of
    what is gone."""
    BEGUN = "begun"
    """The channel works, and nothing changed: its first message, or one that comes every now and then."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUrl:
    """A dialect whose messages hold no secret, but come to a URL that does, and are answered in its own words.

    ``read`` is as :data:`Read` for what is said alone. The answers are of the content type ``kind``: ``goes_on`` to
    what is proved, and to any other message ``ends``, by which the server forgets whom nobody here knows any more.
    """

    read: Callable[[Mapping[str, str], bytes], Sequence[Said]]
    kind: str
    goes_on: bytes
    ends: bytes
