"""The interface of a spoke: a calendar or a folder of contacts in one system, read by its changes and written to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, TypeAlias, runtime_checkable

from calsync.items import Content, Item, Unread
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

Known: TypeAlias = Callable[[], Awaitable[Mapping[str, str]]]
"""The versions, by key, of all that was ever told of a spoke and is still there: for one that finds the differences
itself. Asked only where it is needed, since it may be long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a reading. ``items`` are what is there, or has changed.

    ``gone`` are keys that are surely not there any more; ``missing`` those of which that is not sure (they may only
    have left the window): each is looked at before anything follows from it. ``token`` stands on the last page, and is
    where the next reading goes on; "" where the spoke cannot tell changes. ``whole``: this reading tells everything in
    its window, so that whatever it does not name is missing.
    """

    items: Sequence[Item] = ()
    gone: Sequence[str] = ()
    missing: Sequence[str] = ()
    unread: Sequence[Unread] = ()
    token: str = field(default="", repr=False)
    whole: bool = False


class ExpiredError(Exception):
    """The token is not good any more (410, another collection, a rolled window): read whole."""


class Act(Enum):
    """What is done to one item of a spoke."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One thing to be done at a spoke.

    CREATE: ``content`` with ``mark`` in it; ``token`` (a UUID as text) is the same for each attempt and another for
    each copy: the spoke derives from it whatever makes a second attempt find the first (transaction id, UID, name).
    UPDATE: the fields named by ``changes`` (calsync.items.Fields) become as in ``content``, and nothing else is
    touched. DELETE: ``content`` is None. Both are done only where ``version`` is still the one that stands there.
    """

    act: Act
    content: Content | None = field(default=None, repr=False)
    mark: str = ""
    token: str = field(default="", repr=False)
    key: str = ""
    version: str = ""
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """It was done. ``item`` is what stands there now, as the server tells it; None after DELETE (or where it was gone
    already).

    ``later``: ``item`` is of another version than this write made, as far as the server tells that, so that whatever of
    it is not as it was asked for was changed by somebody. Otherwise it is what the server made of the write, or nothing
    tells. ``earlier``: an earlier attempt at the same CREATE made it, of which nobody knows what it was asked for, nor
    what became of it since.
    """

    item: Item | None
    later: bool = False
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It was not done, or nobody knows (``doubt``). ``words`` say what to do, and hold neither a secret nor content.

    ``stale``: another version stands there by now, or nothing (``gone``): it is read and planned anew. ``refused``: the
    spoke will never take this content: the item is named, and tried again only when it changes. ``guarded``: others
    take part by now, so that nothing may be written. ``retry_after``: how long the server asks to be left alone.
    """

    reason: Reason
    words: str
    retry_after: timedelta | None = None
    doubt: bool = False
    stale: bool = False
    gone: bool = False
    refused: bool = False
    guarded: bool = False


Outcome: TypeAlias = Written | Failed
Fit: TypeAlias = Callable[[Content], tuple[Content | None, str]]
"""A content as the spoke can hold it, and "" ; or None, and why it cannot hold it at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a spoke can do: how many calls at once, how many writes in one call; whether it tells changes by itself
    (``feed``), and whether it may be written at all. ``fields`` are the names of the fields it can hold (without those
    of single occurrences, telephones and addresses: the part before the first space counts); None: all.
    """

    at_once: int = 4
    batch: int = 1
    feed: bool = True
    writable: bool = True
    fields: frozenset[str] | None = None
    fit: Fit = field(repr=False, compare=False)


class Spoke(Protocol):
    """A calendar or a folder of contacts. What fails as a whole raises PeerError; nothing else is ever raised, but
    ExpiredError by ``changes``."""

    @property
    def name(self) -> str:
        """As the settings call it."""
        ...

    @property
    def ability(self) -> Ability:
        """What it can do."""
        ...

    def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """What changed since ``token``, or with "" everything that may lie in ``window``; the last page ends it.

        All of it or PeerError. More than the window may be told: whoever asks looks at the times. One item that cannot
        be read is an Unread, and never spoils the others.
        """
        ...

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """What stands under each of ``keys`` now, whatever its time; None where nothing does."""
        ...

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """For each of these CREATEs, whose end nobody saw: the copy that it made, found by what ``token`` and ``mark``
        left there; None where there is none."""
        ...

    def ours(self, hub: str) -> AsyncIterator[Item]:
        """Everything that bears a stamp of ``hub``, whatever its time: for purge."""
        ...

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Do them (at most ``ability.batch``), one outcome each, in order, always.

        No request ever names an attendee, or asks a server to tell anybody. An item in which others take part is not
        written (Failed.guarded), whatever ``version`` says.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A promise of a server to tell of changes until ``until``. ``key`` names it there, ``resource`` further what it
    takes to end it."""

    key: str
    resource: str = ""
    until: datetime


@runtime_checkable
class Lists(Protocol):
    """A spoke whose server tells nothing of what is gone: now and then all that is there is listed."""

    def list_all(self) -> None:
        """The next reading lists all that is there, however long ago it did: something may be gone."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A spoke whose server tells of changes by calling a URL."""

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """Ask to be told at ``url``, with ``secret`` in each message, or in the URL where messages cannot hold it; the
        server may promise less than ``until``. Raises PeerError."""
        ...

    async def unwatch(self, watch: Watch) -> None:
        """Tell us no more; nothing happens where it has ended. Raises PeerError."""
        ...
