"""Asks a CalDAV server when people are busy, by the way that works there: outbox, report, expand or file."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from protocols.caldav.calendars import ask_calendars, known_site
from protocols.caldav.errors import STANDING, NotOfferedError
from protocols.caldav.expand import ask_events
from protocols.caldav.freebusy_url import fetch
from protocols.caldav.listing import Calendar
from protocols.caldav.outbox import ask_outbox
from protocols.caldav.people import Person
from protocols.caldav.places import filled
from protocols.caldav.report import ask_calendar
from protocols.caldav.server import Server, Strategy
from protocols.caldav.told import Told
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox

Found: TypeAlias = dict[str, Told | PeerError]
"""What is told of each address, or why nothing is."""


@dataclass(frozen=True, slots=True)
class _Call:
    send: Send
    server: Server
    question: Question
    as_of: datetime
    refused: dict[str, bool] = field(default_factory=dict)  # why not, and whether that holds for anybody

    @property
    def why_not(self) -> str:
        """Why each way that was tried leads nowhere, for the log."""
        return "; ".join(self.refused)


async def ask(
    send: Send, mailboxes: Sequence[Mailbox], question: Question, *, server: Server, source: str, as_of: datetime
) -> list[Answer]:
    """One answer per mailbox, in order; :meth:`Server.at_once` says how many are asked about well in one call.

    ``server`` remembers what was found out. Details are told where the events may be read; else the answer is busy
    only, and says so. Raises PeerError where the whole call failed.
    """
    call = _Call(send, server, question, as_of)
    waiting = list({mailbox.address: mailbox for mailbox in mailboxes}.values())
    found: Found = {}
    levels: dict[str, Detail] = {}
    for strategy in server.order(question, as_of):
        if not waiting:
            break
        proven = server.way(as_of) is strategy
        told = await _tried(call, strategy, waiting)
        found.update(told)
        levels.update(dict.fromkeys(told, question.detail if strategy is Strategy.EXPAND else Detail.BUSY))
        waiting = [mailbox for mailbox in waiting if _is_open(call, strategy, told.get(mailbox.address), proven=proven)]
    missing = PeerError(Reason.PEER_FAILED, f"no way of asking works: {call.why_not}")
    if mailboxes and not found and all(call.refused.values()):
        raise missing
    return [
        _answer(m, found.get(m.address, missing), question, levels.get(m.address, Detail.BUSY), source, as_of)
        for m in mailboxes
    ]


async def _tried(call: _Call, strategy: Strategy, mailboxes: Sequence[Mailbox]) -> Found:
    """What ``strategy`` tells of those whom it can be used for; the server's memory learns from it."""
    try:
        found = await _WAYS[strategy](call, mailboxes)
    except NotOfferedError as error:
        found = {mailbox.address: error for mailbox in mailboxes}
    nots = [each for each in found.values() if isinstance(each, NotOfferedError)]
    call.refused.update((f"{strategy.value}: {each.detail}", each.of_server) for each in nots)
    if any(isinstance(each, Told) for each in found.values()):
        if call.question.detail is Detail.BUSY and not _about_us_alone(call, strategy, found):
            call.server.works(strategy, call.as_of)
    elif nots and all(each.of_server for each in nots):
        call.server.fails(strategy, call.as_of)
    return {address: each for address, each in found.items() if not isinstance(each, NotOfferedError)}


def _about_us_alone(call: _Call, strategy: Strategy, found: Found) -> bool:
    """Whether an outbox told of its own owner only: Xandikos answers for nobody else."""
    site = call.server.sites.get("", call.as_of)
    own = site.addresses if site is not None else ()
    return strategy is Strategy.OUTBOX and all(each in own for each, told in found.items() if isinstance(told, Told))


def _is_open(call: _Call, strategy: Strategy, found: Told | PeerError | None, *, proven: bool) -> bool:
    """Whether the next way may tell more of somebody than ``found``, which ``strategy`` tells.

    Who may not see details may still see busy times; and an outbox that never told of anybody proves nothing by its
    refusals.
    """
    if found is None:
        return True
    if not isinstance(found, PeerError):
        return False
    if strategy is Strategy.OUTBOX:
        return not proven
    return strategy is Strategy.EXPAND and call.question.detail is Detail.DETAILS and found.reason is Reason.NO_ACCESS


async def _by_outbox(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    remembered = call.server.sites.get("", call.as_of) is not None
    try:
        return await _post(call, mailboxes)
    except NotOfferedError as error:
        if error.status != 404 or not remembered:
            raise
    call.server.sites.drop("")  # the outbox is not where it was
    return await _post(call, mailboxes)


async def _post(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    site, manner = await known_site(call.send, call.server, call.as_of), call.server.manner
    organizer = manner.organizer or next(iter(site.addresses), None)
    if site.outbox is None or organizer is None:
        raise NotOfferedError(site.trouble or "the server tells neither outbox nor address of our account")
    return await ask_outbox(
        call.send,
        [mailbox.address for mailbox in mailboxes],
        call.question.window,
        url=site.outbox,
        organizer=organizer,
        old_headers=manner.old_headers,
        as_of=call.as_of,
    )


async def _by_report(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    async def one(calendar: Calendar, _: Person) -> Told:
        return await ask_calendar(call.send, calendar, call.question.window, as_of=call.as_of)

    async def told(mailbox: Mailbox) -> Told:
        window = call.question.window
        return await ask_calendars(call.send, call.server, mailbox, window, one, whole=False, as_of=call.as_of)

    return await _each(mailboxes, told)


async def _by_expand(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    window, detail = call.question.window, call.question.detail

    async def one(mailbox: Mailbox, calendar: Calendar, person: Person) -> Told:
        owners = (mailbox.address, *person.addresses)
        return await ask_events(call.send, calendar, window, detail=detail, owners=owners, as_of=call.as_of)

    async def told(mailbox: Mailbox) -> Told:
        whole = detail is Detail.DETAILS  # where one calendar hides its events, busy times are asked for instead
        asked = partial(one, mailbox)
        return await ask_calendars(call.send, call.server, mailbox, window, asked, whole=whole, as_of=call.as_of)

    return await _each(mailboxes, told)


async def _by_ifb(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    manner = call.server.manner
    template = manner.ifb
    if template is None:
        raise NotOfferedError("no template is configured")

    async def told(mailbox: Mailbox) -> Told:
        url = filled(template, mailbox, base=manner.url)
        return await fetch(call.send, url, call.question.window, zone=manner.zone, as_of=call.as_of)

    return await _each(mailboxes, told)


async def _each(mailboxes: Sequence[Mailbox], told: Callable[[Mailbox], Awaitable[Told]]) -> Found:
    """One after the other; what is said of us or of the server ends it where there is nobody else to ask about."""
    found: Found = {}
    for mailbox in mailboxes:
        try:
            found[mailbox.address] = await told(mailbox)
        except PeerError as error:
            if error.reason in STANDING and len(mailboxes) == 1:
                raise
            found[mailbox.address] = error
    return found


_WAYS: Final[dict[Strategy, Callable[[_Call, Sequence[Mailbox]], Awaitable[Found]]]] = {
    Strategy.OUTBOX: _by_outbox,
    Strategy.REPORT: _by_report,
    Strategy.EXPAND: _by_expand,
    Strategy.IFB: _by_ifb,
}


def _answer(
    mailbox: Mailbox, found: Told | PeerError, question: Question, level: Detail, source: str, as_of: datetime
) -> Answer:
    if isinstance(found, PeerError):
        return Unavailable(mailbox=mailbox, reason=found.reason, retry_after=found.retry_after, detail=found.detail)
    return Availability(
        mailbox=mailbox,
        window=question.window,
        intervals=found.intervals.overlapping(question.window),
        detail=level,
        unknown=found.unknown,
        working_hours=found.hours,
        source=source,
        as_of=as_of,
    )
