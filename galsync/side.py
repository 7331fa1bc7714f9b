"""The two interfaces of an address book: a source that people are read from, a target that entries are written to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Protocol, TypeAlias

from galsync.entries import Entry, Form, Held
from galsync.steps import Left, Step
from protocols.model.freebusy import Reason
from protocols.model.person import Field, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source said.

    ``whole``: ``people`` are all there are, so that whoever is missing is gone; otherwise they are those who changed
    since ``since``, and ``gone`` the anchors of those who went. ``token`` is what to hand in next time; None where the
    source cannot tell changes. ``left`` counts whom the source itself left out (contacts, guests, our own objects, what
    cannot be read), ``named`` some of them by name for the report.
    """

    people: Sequence[Person]
    whole: bool = True
    gone: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    left: Mapping[Left, int] = field(default_factory=dict)
    named: tuple[tuple[str, Left], ...] = ()
    unsure: tuple[str, ...] = ()
    """anchors of people who are there and could not be read now: nothing is done about them"""


class Source(Protocol):
    """An address book whose people shall be found elsewhere.

    Users, groups and rooms alone: contacts and guests are left out (Left.CONTACT), and so is whatever carries our stamp
    (Left.OURS): nobody's people go round in a circle.
    """

    @property
    def name(self) -> str:
        """As the settings call it."""
        ...

    async def read(self, since: str | None = None) -> Reading:
        """Everybody, or what changed since a token of an earlier reading. A token that is not good any more gives a
        whole reading.

        All of it or an error: raises PeerError where a page is missing, an answer is half or the source refuses.
        """
        ...


class Visible(Enum):
    """When people see what was written."""

    AT_ONCE = "at once"
    SOON = "within minutes"
    ADDRESS_BOOK = "in 8 to 24 hours, when Outlook has fetched the offline address book"
    SHARED_CONTACTS = "within 24 hours"
    WHEN_RUN = "when the script has been run"
    WHEN_SHOWN = "when somebody has shown them in the address lists, which shown_by does"


@dataclass(frozen=True, slots=True)
class Written:
    """The step was done; ``key`` and ``version`` name the object from now on ("" after REMOVE).

    ``missing`` are the addresses of members and managers that do not stand in the target: it was written without them.
    ``unseen``: something of it does not show yet that the
    target cannot wait for, and the next plan has to look again.
    """

    key: str = ""
    version: str = ""
    missing: tuple[str, ...] = ()
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """The step was handed to somebody who will do it (a script): the ledger learns of it when it is read back."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The step was not done, or nobody knows (``doubt``). ``words`` say what to do, and hold no secret.

    ``retry_after`` is how long the target asks to be left alone; None where trying again would bring the same.
    """

    reason: Reason
    words: str
    retry_after: timedelta | None = None
    doubt: bool = False


Outcome: TypeAlias = Written | Handed | Failed
Narrow: TypeAlias = Callable[[Entry], tuple[Entry, tuple[str, ...]]]
"""What of an entry the target can hold all told, and the names of what it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a target can do: how many calls at once, all told and for one place, how many steps in one call; whether
    objects can be hidden; the forms it takes; and when people see what was written.

    ``fields`` are those it can hold (None: all) and ``aliases`` whether further proxy addresses: of an entry's others
    nothing is wanted there, or every plan would write them anew. ``photos`` is how many octets of a photo it holds, 0
    for none. ``links``: members and managers are objects of the target, so that only who stands there can be one;
    otherwise they are addresses. ``own_domains``, of a target whose groups take members from outside as well: who has
    an address in one of these has to stand there, and everybody who does is told by the main one. ``script`` is what
    somebody has to run before what was written shows, "" for nothing.
    ``narrow`` is of a target that bounds an entry as a whole: what it leaves out is never wanted there.
    """

    at_once: int = 4
    at_once_per_place: int = 4
    batch: int = 1
    hides: bool = True
    fields: frozenset[Field] | None = None
    aliases: bool = True
    photos: int = 0
    links: bool = False
    own_domains: frozenset[str] = frozenset()
    forms: frozenset[Form]
    visible: Visible
    script: str = ""
    narrow: Narrow | None = field(default=None, repr=False, compare=False)


class Target(Protocol):
    """An address book that is filled. A *place* is one list in it: "" for a directory, a mailbox's address for the
    contacts in it."""

    @property
    def name(self) -> str:
        """As the settings call it."""
        ...

    @property
    def ability(self) -> Ability:
        """What it can do."""
        ...

    async def places(self) -> Sequence[str]:
        """Where entries are written: ("",) for a directory. Raises PeerError."""
        ...

    def held(self, place: str) -> AsyncIterator[Held]:
        """Everything that stands there, ours or not, as far as it could clash. All of it, or PeerError."""
        ...

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """What stands there under one of ``keys`` or answers to one of ``addresses`` (as in Held.addresses); what is
        not there is left out. Raises PeerError."""
        ...

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """Do the steps (CREATE, UPDATE, RETIRE, REMOVE; at most ``ability.batch``), one outcome each, in order, always.

        An UPDATE writes what ``changes`` names and nothing else; where the version is another by now it fails and
        touches nothing. RETIRE hides, REMOVE deletes for good; removing what is gone is Written. Only objects with our
        stamp are touched, whatever a step says.
        """
        ...
