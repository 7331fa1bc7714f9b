"""A pair that is open: its two tenants, its syncs with what carries them out, and what is wanted of all of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from galsync.engine.engine import Engine
from galsync.ledger.ledger import Ledger
from galsync.pairs.ends import End
from galsync.pairs.pieces import Part, Piece
from galsync.pairs.record import Record
from galsync.syncs import Feed, Sync


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSync:
    """One sync of the pair, as the settings make it, and what carries it out."""

    part: Part
    sync: Sync
    engine: Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """``people`` is who the source's people are. ``policy`` is whether calendars are shared by a policy where there is
    one, ``sharing`` whether they are shared at all. ``licences`` are the products of each account, none where no
    accounts are made in ``account_domain`` (""). ``routes`` is what adds the free/busy routes, None where no connectors
    are named; ``routes_wanted`` is None where they are wanted unless a policy makes them needless. ``former`` are syncs
    that the settings do not ask for any more, and that have written something.
    """

    name: str
    source: End
    destination: End
    syncs: tuple[PairSync, ...]
    people: Feed
    record: Record
    ledger: Ledger
    clock: Callable[[], datetime]
    former: tuple[PairSync, ...] = ()
    sharing: bool = True
    policy: bool = True
    licences: tuple[str, ...] = ()
    account_domain: str = ""
    routes: Piece | None = None
    routes_wanted: bool | None = None

    @property
    def ends(self) -> tuple[End, End]:
        """The source, then the destination."""
        return self.source, self.destination

    def piece(self, key: str) -> Piece | None:
        """The piece that a record speaks of; None where the settings have changed so that there is none."""
        if self.routes is not None and self.routes.key == key:
            return self.routes
        return next((piece for end in self.ends if (piece := end.piece(key)) is not None), None)
