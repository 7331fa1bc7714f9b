"""What is remembered of one CalDAV server: who we are there, where its people are, and which way of asking works."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import Final

from protocols.caldav.discovery import Site
from protocols.caldav.kept import Kept
from protocols.caldav.listing import Listing
from protocols.caldav.people import Person
from protocols.model.freebusy import Detail, Question

_SITE_LIFE: Final = timedelta(hours=1)
_WAY_LIFE: Final = timedelta(days=1)  # then a better way that failed once is tried again
_MOST_PEOPLE: Final = 10_000


class Strategy(Enum):
    """The ways of asking, in the order in which they are tried."""

    OUTBOX = "outbox"
    REPORT = "report"
    EXPAND = "expand"
    IFB = "ifb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a server is to be asked; see the settings of the connector.

    ``strategy`` None tries all; ``principal``, ``home`` and ``ifb`` are templates; ``remember`` is how long a list of
    calendars is good.
    """

    url: str
    strategy: Strategy | None = None
    principal: str | None = None
    home: str | None = None
    ifb: str | None = None
    organizer: str | None = None
    recipients: int = 50
    old_headers: bool = False
    zone: tzinfo | None = None
    remember: timedelta = timedelta(minutes=5)


class Server:
    """One server and all that was found out about it; ``now`` is always the caller's clock, aware and in UTC."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.sites: Kept[str, Site] = Kept(_SITE_LIFE, most=1)
        self.people: Kept[str, Person] = Kept(_SITE_LIFE, most=_MOST_PEOPLE)
        self.listings: Kept[str, Listing] = Kept(manner.remember, most=_MOST_PEOPLE)
        self._way: Kept[str, Strategy] = Kept(_WAY_LIFE, most=1)

    def order(self, question: Question, now: datetime) -> tuple[Strategy, ...]:
        """The ways to try: one where the settings say so; else for details the only way to them, then what works."""
        if self.manner.strategy is not None:
            return (self.manner.strategy,)
        first = (Strategy.EXPAND,) if question.detail is Detail.DETAILS else ()
        known = self.way(now)
        return tuple(dict.fromkeys((*first, *((known,) if known else ()), *Strategy)))

    def way(self, now: datetime) -> Strategy | None:
        """The way that works, as far as it is known."""
        return self.manner.strategy or self._way.get("", now)

    def works(self, strategy: Strategy, now: datetime) -> None:
        """To be told when a way has answered: it is kept unless another one is."""
        if self._way.get("", now) is None:
            self._way.put("", strategy, now)

    def fails(self, strategy: Strategy, now: datetime) -> None:
        """To be told when the server does not know a way (any longer)."""
        if self._way.get("", now) is strategy:
            self._way.drop("")

    def at_once(self, question: Question) -> int:
        """How many mailboxes one call may hold: only the outbox answers for several."""
        several = question.detail is Detail.BUSY or self.manner.strategy is not None
        way = self.manner.strategy or self._way.peek("")
        return self.manner.recipients if several and way is Strategy.OUTBOX else 1

    def forget(self, address: str) -> None:
        """To be told when something of a person is not where it was."""
        self.people.drop(address)
        self.listings.drop(address)
