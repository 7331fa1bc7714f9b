"""Automatic replies: what one caller may hear of them, asked where the mailbox is, kept nowhere and told to no log."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Detail, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.complaints import Complaints
from proxy.connector import Clock, heard
from routing.names import Names
from routing.policy import Policy, Verdict, judge
from routing.rules import LEVEL_KEYS
from routing.ways import Leg, Ways, legs_in

AskReply: TypeAlias = Callable[[Mailbox, datetime], Awaitable[AutomaticReply | None]]
"""A protocol's ``ask`` with its Send bound: the reply that every sender outside gets at that time. Raises PeerError."""
Told: TypeAlias = AutomaticReply | Unavailable | None
"""What may be said of one mailbox: its reply, that there is none, or why nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One connector's automatic replies, asked by ``ask``, a few at a time."""

    name: str
    ask: AskReply
    clock: Clock
    places: asyncio.Semaphore
    complaints: Complaints

    async def told(self, mailbox: Mailbox) -> Told:
        """The reply, none, or the reason why it is not known; never an exception."""
        async with self.places:
            found = await heard(self.ask(mailbox, self.clock()), self.name)
        if not isinstance(found, PeerError):
            return found
        self.complaints.about(found.reason, found.detail)
        return Unavailable(mailbox=mailbox, reason=found.reason, source=self.name)


NO_ADDRESS: Final = Unavailable(mailbox=None, reason=Reason.INVALID_ADDRESS)


class Replies:
    """What a caller with ``policy`` may hear, by ``ways``, of ``sources`` by connector but those of ``never_via``.

    Of a mailbox behind connectors without a source nothing is known: NO_ACCESS, as of whoever may not be asked about,
    where no other of its connectors has one. What has not come after ``deadline`` is TIMEOUT.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        ways: Ways,
        sources: Mapping[str, Source],
        never_via: Collection[str],
        deadline: timedelta,
        clock: Clock,
    ) -> None:
        self._policy, self._ways, self._sources = policy, ways, dict(sources)
        self._never_via, self._deadline, self.clock = frozenset(never_via), deadline, clock
        self._names = Names(ways.table)

    async def look_up(self, mailboxes: Sequence[Mailbox | None]) -> list[Told]:
        """One answer per mailbox, in order; None is no address (INVALID_ADDRESS). Each mailbox is asked about once."""
        asked = {mailbox.address: mailbox for mailbox in mailboxes if mailbox is not None}
        tasks = {address: asyncio.ensure_future(self._told(mailbox)) for address, mailbox in asked.items()}
        try:
            if tasks:
                await asyncio.wait(tasks.values(), timeout=self._deadline.total_seconds())
            return [NO_ADDRESS if each is None else _outcome(tasks[each.address], each) for each in mailboxes]
        finally:
            for task in tasks.values():
                task.cancel()

    async def _told(self, mailbox: Mailbox) -> Told:
        verdict = judge(self._policy, mailbox, self._ways.table.find(mailbox), self._names)
        if verdict.reason is not None:
            return Unavailable(mailbox=mailbox, reason=verdict.reason)
        found = self._ways.find(mailbox)
        if isinstance(found, Unavailable):
            return found
        legs = legs_in(found)
        if not any(leg.via in self._sources for leg in legs):
            return Unavailable(mailbox=mailbox, reason=Reason.NO_ACCESS)
        return None if _kept_back(verdict) else await self._first_that_tells(legs, mailbox)

    async def _first_that_tells(self, legs: Sequence[Leg], mailbox: Mailbox) -> Told:
        """The reply of the first leg that has one; that there is none only where no leg is in doubt."""
        doubt: Unavailable | None = None
        known = False
        for leg in legs:
            told = await self._of(leg)
            if isinstance(told, AutomaticReply):
                return told
            if told is None:
                known = True
            elif doubt is None or _is_weak(doubt):
                doubt = told
        if doubt is None or (known and _is_weak(doubt)):
            return None
        return Unavailable(mailbox=mailbox, reason=doubt.reason, source=doubt.source)

    async def _of(self, leg: Leg) -> Told:
        if leg.via in self._never_via:
            return Unavailable(mailbox=leg.mailbox, reason=Reason.LOOP, source=leg.via)
        source = self._sources.get(leg.via)
        if source is None:
            return Unavailable(mailbox=leg.mailbox, reason=Reason.NO_ACCESS)
        return await source.told(leg.mailbox)


def _is_weak(doubt: Unavailable) -> bool:
    """Whether it comes from where there is nobody, or nobody to ask, and so takes nothing from what another tells."""
    return doubt.reason is Reason.NO_SUCH_MAILBOX or not doubt.source


def _kept_back(verdict: Verdict) -> bool:
    """Whether a rule hides anything of the mailbox, or shows less of it: then its reply is not shown either."""
    narrowed = verdict.detail is Detail.BUSY and any(said.key in LEVEL_KEYS for said in verdict.said)
    return narrowed or verdict.mask is not None


def _outcome(task: "asyncio.Future[Told]", mailbox: Mailbox) -> Told:
    if not task.done() or task.cancelled():
        return Unavailable(mailbox=mailbox, reason=Reason.TIMEOUT, detail="the caller's deadline")
    return task.result()
