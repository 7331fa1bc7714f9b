"""How a calendar of an Exchange server is asked: in the newest dialect, and again after the time it asks for peace."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from calsync.spokes.patience import Patience, Rest
from protocols.ews.calendar_version import BEFORE_ELSEWHERE, spoken
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.peer_faults import refusal
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Reason

AT_ONCE: Final = 4
"""Calls at once: far below EWSMaxConcurrency (27; 10 in Exchange 2010), which all that act in one mailbox share."""
_WAITS: Final = frozenset({429, 500, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The EWS at ``url`` and the ``mailbox`` that it is about: reached in its owner's name where ``impersonates``, else
    by rights that were given to the account (and for public folders the account's own mailbox).

    ``version`` is a RequestServerVersion; "" finds out the newest. ``zone`` (an IANA name) is the calendar's own, at
    whose midnights days begin; ``owners`` are further addresses of its owner. ``sleep`` takes seconds; ``chance`` gives
    0 to 1; ``rest`` tells how long the server asked to be left alone.
    """

    send: Send = field(repr=False)
    url: str
    mailbox: str
    impersonates: bool = True
    version: str = ""
    zone: str = "UTC"
    owners: frozenset[str] = frozenset()
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    chance: Callable[[], float]
    rest: Rest = field(default_factory=Rest)

    @property
    def addresses(self) -> frozenset[str]:
        """All addresses of its owner, in lower case."""
        return frozenset(each.lower() for each in (*self.owners, self.mailbox))

    async def access(self, folder: str) -> MailboxAccess:
        """The way in, in the dialect that the server speaks, asked about ``folder`` (an element). Raises PeerError."""
        access = MailboxAccess(send=self.send, url=self.url, mailbox=self.mailbox, impersonates=self.impersonates)
        if self.version:
            return replace(access, version=self.version)
        return await spoken(access, folder, as_of=self.clock())

    def patient(self, access: MailboxAccess) -> MailboxAccess:
        """The same for one reading: asked again after the time for which Exchange asks to be left alone."""
        patience = Patience(clock=self.clock, sleep=self.sleep, chance=self.chance, rest=self.rest, asks=_asks)
        return replace(access, send=patience.reading(self.send))


def _asks(response: HttpResponse, as_of: datetime) -> tuple[bool, timedelta | None]:
    """See :data:`calsync.spokes.patience.Asks`: a busy Exchange says so in a fault."""
    if response.status not in _WAITS:
        return False, None
    error = refusal(response, as_of)
    return error.reason is Reason.THROTTLED, error.retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One folder: ``folder`` is its id as an element, ``public`` whether it is a public one."""

    exchange: Exchange
    access: MailboxAccess
    folder: str
    public: bool = False

    @property
    def reading(self) -> MailboxAccess:
        """The way in for one reading, which waits where it is asked to."""
        return self.exchange.patient(self.access)

    @property
    def knows_elsewhere(self) -> bool:
        """Whether the server knows WorkingElsewhere."""
        return self.access.version not in BEFORE_ELSEWHERE
