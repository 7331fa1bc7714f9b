"""How a calendar of an Exchange server is asked: in the newest dialect, and again after the time it asks for peace."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from protocols.ews.calendar_version import BEFORE_ELSEWHERE, spoken
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.peer_faults import refusal
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

AT_ONCE: Final = 4
"""Calls at once: far below EWSMaxConcurrency (27; 10 in Exchange 2010), which all that act in one mailbox share."""
READING: Final = timedelta(minutes=5)
"""All waits of one reading together: it would have to begin anew otherwise."""
ONE: Final = timedelta(seconds=100)
"""All waits for one answer: a run gives up on a page after two minutes (calsync.hubs), and would forget for how long it
was asked to wait."""
_FIRST: Final = timedelta(seconds=1)
_MOST: Final = timedelta(seconds=64)
_LEAST: Final = timedelta(milliseconds=100)  # what a wait counts for at least
_WAITS: Final = frozenset({429, 500, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The EWS at ``url`` and the ``mailbox`` that it is about: reached in its owner's name where ``impersonates``, else
    by rights that were given to the account (and for public folders the account's own mailbox).

    ``version`` is a RequestServerVersion; "" finds out the newest. ``zone`` (an IANA name) is the calendar's own, at
    whose midnights days begin; ``owners`` are further addresses of its owner. ``sleep`` takes seconds; ``chance`` gives
    0 to 1.
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
        return replace(access, send=self._patient())

    def _patient(self) -> Send:
        left = READING

        async def asking(request: HttpRequest) -> HttpResponse:
            nonlocal left
            pause, one = _FIRST, ONE
            while True:
                response = await self.send(request)
                wait = self._wait(response, pause)
                if wait is None or max(wait, _LEAST) > min(left, one):
                    return response
                left -= max(wait, _LEAST)
                one -= max(wait, _LEAST)
                pause = min(pause * 2, _MOST)
                await self.sleep(wait.total_seconds() * (1 + self.chance() / 4))

        return asking

    def _wait(self, response: HttpResponse, pause: timedelta) -> timedelta | None:
        """How long to wait before asking again; None where that is of no use. A busy server says so in a fault."""
        if response.status not in _WAITS:
            return None
        error = refusal(response, self.clock())
        if error.reason is not Reason.THROTTLED:
            return None
        return error.retry_after if error.retry_after is not None else pause


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
