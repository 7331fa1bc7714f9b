"""A peer in memory that knows everybody's truth and fails on demand; implements Connector, and Ask through ``ask``."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.contracts.virtual import START, now

HOUR = timedelta(hours=1)


def window(start: float, hours: float) -> TimeWindow:
    """``hours`` long, beginning ``start`` hours after START."""
    return TimeWindow(START + start * HOUR, START + (start + hours) * HOUR)


def block(
    start: float, hours: float, status: BusyStatus = BusyStatus.BUSY, *, subject: str | None = "secret"
) -> BusyInterval:
    """A block of a calendar; with a subject, unless that is None."""
    return BusyInterval(window(start, hours), status, EventDetails(subject=subject) if subject else None)


def boxes(*names: str, domain: str = "b.example") -> list[Mailbox]:
    """Mailboxes asked in a spelling that is not the canonical one."""
    return [Mailbox.parse(f"SMTP:{name.upper()}@{domain}") for name in names]


@dataclass
class Scripted:
    """``blocks`` per address (others are free), ``refusals`` and ``doubts`` per address, ``failure`` for all."""

    blocks: dict[str, list[BusyInterval]] = field(default_factory=dict)
    refusals: dict[str, Unavailable] = field(default_factory=dict)
    doubts: dict[str, list[TimeWindow]] = field(default_factory=dict)
    failure: Exception | None = None
    takes: float = 0
    most_entries: int | None = None
    longest: timedelta | None = None
    cuts_blocks: bool = False
    indiscreet: bool = False
    calls: list[tuple[list[str], Question]] = field(default_factory=list)
    under_way: int = 0
    most_at_once: int = 0

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        return await self.ask(mailboxes, question, now())

    async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        self.calls.append(([mailbox.address for mailbox in mailboxes], question))
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            if self.takes:
                await asyncio.sleep(self.takes)
            if self.failure:
                raise self.failure
            return [self._answer(mailbox, question, as_of) for mailbox in mailboxes]
        finally:
            self.under_way -= 1

    def _answer(self, mailbox: Mailbox, question: Question, as_of: datetime) -> Answer:
        if refusal := self.refusals.get(mailbox.address):
            return Unavailable(mailbox=mailbox, reason=refusal.reason, retry_after=refusal.retry_after, source="script")
        asked = question.window
        if self.longest and asked.length > self.longest:
            return Unavailable(mailbox=mailbox, reason=Reason.WINDOW_TOO_LONG)
        found = [block for block in self.blocks.get(mailbox.address, []) if block.window.overlaps(asked)]
        if self.most_entries is not None and len(found) > self.most_entries:
            return Unavailable(mailbox=mailbox, reason=Reason.TOO_MANY_ENTRIES)
        shown = question.detail is Detail.DETAILS or self.indiscreet
        intervals = Intervals.pack(
            BusyInterval(
                (self.cuts_blocks and each.window.clip(asked)) or each.window,
                each.status,
                each.details if shown else None,
            )
            for each in found
        )
        unknown = tuple(clipped for doubt in self.doubts.get(mailbox.address, []) if (clipped := doubt.clip(asked)))
        return Availability(
            mailbox=mailbox,
            window=asked,
            intervals=intervals,
            detail=Detail.DETAILS if shown else Detail.BUSY,
            unknown=unknown,
            source="scripted",
            as_of=as_of,
        )


def peer_down(reason: Reason = Reason.UNREACHABLE, **knobs: object) -> PeerError:
    """The failure of a whole call."""
    retry_after = knobs.get("retry_after")
    assert retry_after is None or isinstance(retry_after, timedelta)
    return PeerError(reason, "scripted", retry_after=retry_after)


def reasons(answers: Sequence[Answer]) -> list[Reason | None]:
    """The reason of each Unavailable, None for each Availability."""
    return [answer.reason if isinstance(answer, Unavailable) else None for answer in answers]


def available(answer: Answer) -> Availability:
    """``answer`` itself, which must be an Availability."""
    assert isinstance(answer, Availability), answer
    return answer
