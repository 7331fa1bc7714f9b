"""What is remembered of one CalDAV server: who we are there, where its people are, and which way of asking works."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from protocols.caldav.discovery import Site
from protocols.caldav.kept import Kept
from protocols.caldav.listing import Listing
from protocols.caldav.means import Means
from protocols.caldav.people import Person
from protocols.caldav.ways import Strategy, Ways
from protocols.model.freebusy import Detail, Question

_SITE_LIFE: Final = timedelta(hours=1)
_HOURS_LIFE: Final = timedelta(minutes=15)  # at least
_TROUBLED_LIFE: Final = timedelta(seconds=30)
_MOST_PEOPLE: Final = 10_000

__all__ = ["Manner", "Server", "Strategy"]


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
    remember: timedelta = timedelta(minutes=1)


class Server:
    """One server and all that was found out about it; ``now`` is always the caller's clock, aware and in UTC."""

    def __init__(self, manner: Manner, means: Means | None = None) -> None:
        self.manner = manner
        self.means = means or Means()
        self.ways = Ways(self.means.notice)
        self.people: Kept[str, Person] = Kept(_SITE_LIFE, most=_MOST_PEOPLE)
        self.listings: Kept[str, Listing] = Kept(manner.remember, most=_MOST_PEOPLE)
        self.hours: Kept[str, bytes] = Kept(max(manner.remember, _HOURS_LIFE), most=_MOST_PEOPLE)
        self._sites: Kept[str, Site] = Kept(_SITE_LIFE, most=1)
        self._troubled: Kept[str, Site] = Kept(_TROUBLED_LIFE, most=1)

    def order(self, question: Question, now: datetime) -> tuple[Strategy, ...]:
        """The ways to try: one where the settings say so; else for details the only way to them, then what works."""
        if self.manner.strategy is not None:
            return (self.manner.strategy,)
        first = (Strategy.EXPAND,) if question.detail is Detail.DETAILS else ()
        return tuple(dict.fromkeys((*first, *self.ways.order(now))))

    @property
    def way(self) -> Strategy | None:
        """The way that works, as far as it is known."""
        return self.manner.strategy or self.ways.proven

    def site(self, now: datetime) -> Site | None:
        """What is known of our account; one that is in trouble is forgotten within half a minute."""
        return self._sites.get("", now) or self._troubled.get("", now)

    def keep_site(self, site: Site, now: datetime) -> Site:
        """Keep what was found out about our account, and give it back; what may be otherwise at once is not kept."""
        self.forget_site()
        if not site.passing:
            (self._troubled if site.trouble else self._sites).put("", site, now)
        return site

    def forget_site(self) -> None:
        """To be told when something of our account is not where it was."""
        self._sites.drop("")
        self._troubled.drop("")

    def at_once(self, question: Question) -> int:
        """How many mailboxes one call may hold: only the outbox answers for several."""
        several = question.detail is Detail.BUSY or self.manner.strategy is not None
        return self.manner.recipients if several and self.way is Strategy.OUTBOX else 1

    def forget(self, address: str) -> None:
        """To be told when something of a person is not where it was."""
        self.people.drop(address)
        self.listings.drop(address)
