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
from protocols.caldav.hours import find_hours, with_hours
from protocols.caldav.listing import Calendar
from protocols.caldav.outbox import ask_outbox, encode
from protocols.caldav.people import Person
from protocols.caldav.places import filled
from protocols.caldav.report import ask_calendar
from protocols.caldav.server import Server, Strategy
from protocols.caldav.told import Budget, Told
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
    doubts: set[str] = field(default_factory=set)  # why a way that told nothing may do so another time
    troubles: set[str] = field(default_factory=set)  # why we do not know who we are there

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
        proven = server.way is strategy
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
        if _has_failed(call, strategy, error):
            raise _failure(strategy, error) from None
        found = {mailbox.address: error for mailbox in mailboxes}
    nots = {address: each for address, each in found.items() if isinstance(each, NotOfferedError)}
    failed = {address: _failure(strategy, each) for address, each in nots.items() if _has_failed(call, strategy, each)}
    call.refused.update((f"{strategy.value}: {each.detail}", each.of_server) for each in nots.values())
    told = [each for each in found.values() if isinstance(each, Told)]
    if told and call.question.detail is Detail.BUSY and not _about_us_alone(call, strategy, found):
        if not call.troubles:  # else nobody knows what the server offers us
            call.server.ways.works(strategy, call.as_of, sure=not call.doubts)
    elif not told:
        call.doubts.update(each.detail for each in found.values() if isinstance(each, PeerError) and _is_doubt(each))
    return {address: each for address, each in found.items() if address not in nots} | failed


def _has_failed(call: _Call, strategy: Strategy, error: NotOfferedError) -> bool:
    """Whether it is a failure of a proven way, and no reason to ask in another one.

    What the server says plainly leads on to the next way. Not from a proven outbox, as long as it is believed: a list
    of calendars may lack those that are not shown to us, whose time the outbox tells.
    """
    ways = call.server.ways
    if ways.proven is not strategy:
        return False
    if error.plain and error.of_server:
        ways.refuses(strategy, call.as_of, error.detail)
    return not error.plain or (strategy is Strategy.OUTBOX and ways.proven is strategy)


def _failure(strategy: Strategy, error: NotOfferedError) -> PeerError:
    return PeerError(error.reason, f"{strategy.value} has worked and now fails: {error.detail}")


def _is_doubt(error: PeerError) -> bool:
    """Whether another question might have been answered."""
    return not (isinstance(error, NotOfferedError) and error.plain)


def _about_us_alone(call: _Call, strategy: Strategy, found: Found) -> bool:
    """Whether an outbox told of its own owner only: Xandikos answers for nobody else."""
    site = call.server.site(call.as_of)
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
    remembered = call.server.site(call.as_of) is not None
    try:
        found = await _post(call, mailboxes)
    except NotOfferedError as error:
        if error.status != 404 or not remembered:
            raise
        call.server.forget_site()  # the outbox is not where it was
        found = await _post(call, mailboxes)
    return await _with_hours(call, mailboxes, found)


async def _post(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    site, manner = await known_site(call.send, call.server, call.as_of), call.server.manner
    organizer = manner.organizer or next(iter(site.addresses), None)
    if site.outbox is None or organizer is None:
        words = site.trouble or "the server tells neither outbox nor address of our account"
        call.troubles.update({site.trouble} - {""})
        raise NotOfferedError(words, plain=not site.trouble)
    window, asked = call.question.window, [mailbox.address for mailbox in mailboxes]
    request = encode(
        asked, window, url=site.outbox, organizer=organizer, old_headers=manner.old_headers, as_of=call.as_of
    )
    return await ask_outbox(
        call.send, request, asked, window, zone=manner.zone, means=call.server.means, as_of=call.as_of
    )


async def _with_hours(call: _Call, mailboxes: Sequence[Mailbox], found: Found) -> Found:
    told = {m: each for m in mailboxes if isinstance(each := found[m.address], Told)}
    await find_hours(call.send, call.server, list(told), call.as_of)
    window = call.question.window
    hours = {m.address: with_hours(each, call.server, m, window, call.as_of) for m, each in told.items()}
    return found | hours


async def _by_report(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    window, means = call.question.window, call.server.means
    by_zone = call.server.manner.strategy is None

    async def one(budget: Budget, calendar: Calendar, _: Person) -> Told:
        return await ask_calendar(
            call.send, calendar, window, by_zone=by_zone, means=means, budget=budget, as_of=call.as_of
        )

    async def told(mailbox: Mailbox) -> Told:
        asked = partial(one, means.budget())
        return await ask_calendars(call.send, call.server, mailbox, window, asked, whole=False, as_of=call.as_of)

    return await _each(mailboxes, told)


async def _by_expand(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    window, detail, means = call.question.window, call.question.detail, call.server.means

    async def one(mailbox: Mailbox, budget: Budget, calendar: Calendar, person: Person) -> Told:
        owners = (mailbox.address, *person.addresses)
        return await ask_events(
            call.send, calendar, window, detail=detail, owners=owners, means=means, budget=budget, as_of=call.as_of
        )

    async def told(mailbox: Mailbox) -> Told:
        whole = detail is Detail.DETAILS  # where one calendar hides its events, busy times are asked for instead
        asked = partial(one, mailbox, means.budget())
        return await ask_calendars(call.send, call.server, mailbox, window, asked, whole=whole, as_of=call.as_of)

    return await _each(mailboxes, told)


async def _by_ifb(call: _Call, mailboxes: Sequence[Mailbox]) -> Found:
    manner, means = call.server.manner, call.server.means
    template = manner.ifb
    if template is None:
        raise NotOfferedError("no template is configured", plain=True)

    async def told(mailbox: Mailbox) -> Told:
        url, window = filled(template, mailbox, base=manner.url), call.question.window
        budget = means.budget()
        return await fetch(call.send, url, window, zone=manner.zone, means=means, budget=budget, as_of=call.as_of)

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
