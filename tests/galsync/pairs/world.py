"""Two tenants in memory: pieces whose states are plain text, that can be looked at, spoilt and changed by others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from galsync.ledger.ledger import Ledger
from galsync.pairs.accounts import Account, ordered, read
from galsync.pairs.ends import Organisation, Stock
from galsync.pairs.pair import Pair
from galsync.pairs.past import NOTHING_YET, Past
from galsync.pairs.pieces import Back, Part, Piece, Stands
from galsync.pairs.record import Record
from galsync.people.mapping import Mapping as PeopleMapping
from galsync.people.selection import Selection
from galsync.side import Failed, Handed, Reading, Written
from galsync.steps import Change
from galsync.syncs import Feed
from protocols.model.freebusy import Reason
from protocols.model.person import Person
from service.state.database import Database
from tests.galsync.stock import person

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
BROKEN: Final = Failed(Reason.PEER_FAILED, "HTTP 500", doubt=True)
E3: Final = Stock(sku="sku-e3", free=5)


class KilledError(BaseException):
    """The process is gone."""


@dataclass(slots=True)
class TextPiece:
    """``stands`` is what stands there, ``wanted`` what shall; ``outcome`` what writing gives, and then nothing is.

    ``holds``: it is handed over to whoever will, and nothing changes. ``dies`` is when the process goes that writes it
    next: "before" anything is written, or "after" that.
    """

    key: str
    wanted: str
    stands: Stands = ""
    part: Part = Part.SHARING
    outcome: Written | Handed | Failed | None = None
    told: tuple[str, ...] = ()
    dies: str = ""
    holds: bool = False
    writes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its key."""
        return self.key

    async def read(self) -> Stands:
        """As it stands."""
        return self.stands

    def shall(self, was: str) -> str:
        """What is wanted."""
        return self.wanted

    def same(self, one: str, other: str) -> bool:
        """To the letter."""
        return one == other

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """All of it."""
        return (Change("text", was, shall),)

    def notes(self, was: str) -> tuple[str, ...]:
        """What was given."""
        return self.told

    async def write(self, now: str, shall: str) -> Written | Handed | Failed:
        """Unless it was told to fail."""
        self.writes.append((now, shall))
        if isinstance(self.outcome, Failed):
            return self.outcome
        if self.holds:
            return Handed()
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise KilledError
        self.stands = shall
        if dies:
            raise KilledError
        return self.outcome or Written()

    async def back(self, now: str, *, was: str, did: str) -> Back | Failed:
        """What was there, unless somebody changed it."""
        return Back(was) if now == did else Back(now, "" if now == was else "changed since", left=now != was)


class AccountOf(TextPiece):
    """An account in memory."""

    def name(self, was: str) -> str:
        """By its key, where it is ours."""
        there = read(was)
        return self.key.rpartition("/")[2] if there is None or there.stamp == "ours" else ""

    def shall(self, was: str) -> str:
        there = read(was) or Account(stamp="ours", enabled=False)
        return Account(key=there.key, stamp="ours", enabled=False, skus=ordered((*there.skus, self.wanted))).text


@dataclass(slots=True)
class TextEnd:
    """An end of such pieces."""

    name: str
    domain: str
    pieces: dict[str, TextPiece] = field(default_factory=dict)
    told: Organisation | Failed | None = None
    stocked: Mapping[str, Stock] | Failed = field(default_factory=lambda: {"SPE_E3": E3})

    def of(self, what: str, wanted: str = "on", **more: Any) -> TextPiece:
        """The piece of that name, made once."""
        key = f"{self.name}/{what}"
        made = AccountOf if what.startswith("account") else TextPiece
        return self.pieces.setdefault(key, made(key, wanted, **more))

    async def organisation(self) -> Organisation | Failed:
        """By its name."""
        return self.told or Organisation(id=f"id-{self.name}", domains=frozenset({self.domain}))

    def policy(self, partner: Organisation, past: Past = NOTHING_YET) -> Piece:
        """One."""
        return self.of("policy")

    def beside_policy(self) -> tuple[Piece, ...]:
        """One."""
        return (self.of("old"),)

    def instead_of_policy(self, past: Past = NOTHING_YET) -> tuple[Piece, ...]:
        """One."""
        return (self.of("relationship"),)

    async def stock(self) -> Mapping[str, Stock] | Failed:
        """As given."""
        return self.stocked

    def account(self, person: Person, skus: tuple[str, ...], past: Past = NOTHING_YET) -> AccountOf:
        """One for each."""
        made = self.of(f"account/{person.primary}", "".join(skus), part=Part.ACCOUNTS)
        assert isinstance(made, AccountOf)
        return made

    def piece(self, key: str) -> Piece | None:
        """Whichever was asked for before."""
        return self.pieces.get(key)


class Staff:
    """A source of Ann and Bob."""

    name = "hr"

    def __init__(self) -> None:
        self.people = [person("bob"), person("ann")]

    async def read(self, since: str | None = None) -> Reading:
        """Both."""
        return Reading(people=self.people)


def pair_of(database: Database, **more: Any) -> Pair:
    """A pair without syncs, policy wanted."""
    mapping = PeopleMapping(source="hr", forms={})
    told: dict[str, Any] = {
        "name": "merger",
        "source": TextEnd("source", "a.example"),
        "destination": TextEnd("destination", "b.example"),
        "syncs": (),
        "people": Feed(source=Staff(), selection=Selection(), mapping=mapping),
        "record": Record(database, clock=lambda: NOW),
        "ledger": Ledger(database, clock=lambda: NOW),
        "clock": lambda: NOW,
    }
    return Pair(**{**told, **more})


def ends(pair: Pair) -> tuple[TextEnd, TextEnd]:
    """Its ends, as what they are."""
    source, destination = pair.ends
    assert isinstance(source, TextEnd)
    assert isinstance(destination, TextEnd)
    return source, destination
