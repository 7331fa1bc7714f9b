"""An item of a spoke, and its fields: one flat form for events and contacts, in which they are compared and merged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from protocols.model.card import Card
from protocols.model.event import Event

Content: TypeAlias = Event | Card
Fields: TypeAlias = Mapping[str, str]
"""A content by the names of its fields, as canonical text: equal texts are equal values. What is not said is left out.

The occurrences of a series that differ are a field each, ``at 2026-11-03T10:00:00Z`` (``at 2026-11-03`` of days), and
so are each telephone and each address of a contact: two people may change two of them, and nothing is lost.
calsync/contents.py turns a content into fields and back.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What stands at a spoke: one appointment, one whole series with its exceptions, or one contact.

    ``key`` is the spoke's own name of it, which outlives every change; ``version`` is another after each change (an
    etag). ``uid`` is its iCalendar UID, which all who were invited share; "" where there is none. ``mark`` is the text
    of our stamp, "" where we did not make it. ``guarded`` says why nothing may ever be written to it ("others are
    invited", "may not be changed here"): a server might mail somebody; "" where it may. ``cut`` names fields that are
    told shorter than they are, or that cannot be told whole: they are never written here. ``frail`` names occurrences
    that hold more than any field does (attachments, a text with formats), which the server forgets where their series
    comes at other times. ``changed_at`` is when the server says it was last changed, aware UTC. ``maker`` names what
    made it, where anything tells (a program's name, the domain of its UID): for the message about a loop.
    """

    key: str
    version: str
    content: Content = field(repr=False)
    uid: str = ""
    mark: str = ""
    guarded: str = ""
    cut: frozenset[str] = frozenset()
    frail: frozenset[str] = frozenset()
    changed_at: datetime | None = None
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An item that is there and cannot be read: ``words`` say what is wrong with it, without any of its content.

    It counts as present and unchanged.
    """

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Our stamp in a copy: the hub that made it, and which of its items it is a copy of."""

    hub: str
    item: str

    @property
    def text(self) -> str:
        """As it stands in the copy (protocols.model.stamps)."""
        return f"busyline:{self.hub}/{self.item}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """None for what is no stamp of ours."""
        hub, slash, item = text.removeprefix("busyline:").partition("/")
        return cls(hub, item) if text.startswith("busyline:") and slash and hub and item else None
