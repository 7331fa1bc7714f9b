"""Asks as a caller would: inside this process through the caller's own veil, or over HTTP like any EWS client."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

from console.configuration import Configuration
from console.drawing import Row, midnight
from console.terminal import WRONG_USAGE, EndingError
from console.words import REASONS
from protocols.errors import PeerError
from protocols.ews import ask as ews
from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy import wiring
from proxy.connector import Connector
from proxy.routes import ways_of
from proxy.settings.callers import CallerSettings
from routing.ways import legs_in
from service import logs
from service.reach import ANYWHERE
from service.secrets import Reference, resolve
from service.tokens import basic
from service.wire import Wire

MOST_MAILBOXES = 100  # of one request of GetUserAvailability
_ERRORS_ONLY = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Another Busyline, or any Exchange: where it is, and who asks."""

    url: str
    username: str
    password: Reference
    ca: Path | None


def caller_named(configuration: Configuration, name: str | None) -> str:
    """The caller to ask as: the one named, or the only one there is. Raises EndingError."""
    known = [caller.name for caller in configuration.callers]
    if name is None and len(known) == 1:
        return known[0]
    if name in known:
        return str(name)
    what = f'there is no caller "{name}"' if name else "as which caller"
    raise EndingError(f"{what}: write --as one of {', '.join(known) or '(the configuration names none)'}", WRONG_USAGE)


def window_of(days: int, zone: tzinfo, now: datetime, first: date | None = None) -> TimeWindow:
    """``days`` whole local days, from ``first`` or else from this one on."""
    first = first or now.astimezone(zone).date()
    return TimeWindow(midnight(first, zone), midnight(first + timedelta(days=days), zone))


def parsed(addresses: Sequence[str]) -> list[Mailbox | None]:
    """The mailboxes named; None for what is no address."""
    return [_mailbox(address) for address in addresses]


def rows(addresses: Sequence[str], mailboxes: Sequence[Mailbox | None], answers: Sequence[Answer]) -> list[Row]:
    """One row per address, in order; ``answers`` are those of the mailboxes that could be asked."""
    waiting = iter(answers)
    invalid = Unavailable(mailbox=None, reason=Reason.INVALID_ADDRESS)
    return [
        Row(address, invalid if mailbox is None else next(waiting))
        for address, mailbox in zip(addresses, mailboxes, strict=True)
    ]


@asynccontextmanager
async def opened(
    configuration: Configuration, directory: Path, caller: str, mailboxes: Iterable[Mailbox]
) -> AsyncIterator[wiring.Proxy]:
    """The proxy without its door, quiet on standard output, as far as ``caller`` needs it to ask about ``mailboxes``.

    What it does not need is not opened, so that a secret missing elsewhere ends nothing here.
    """
    asking = next(each for each in configuration.callers if each.name == caller)
    idle: dict[str, Connector] = dict.fromkeys(configuration.connectors, _Idle())
    for name in _needed(configuration, directory, asking, mailboxes):
        del idle[name]
    settings = configuration.model_copy(update={"callers": (asking,)})
    lines = logs.configure("console", level=_ERRORS_ONLY)
    try:
        async with wiring.build(settings, directory=directory, connectors=idle, listen=False) as proxy:
            yield proxy
    finally:
        lines.flush()


async def over_http(
    door: Door, mailboxes: Sequence[Mailbox], question: Question, *, clock: Callable[[], datetime]
) -> list[Answer]:
    """What the server behind ``door`` answers. Raises EndingError where the whole call failed."""
    if len(mailboxes) > MOST_MAILBOXES:
        raise EndingError(f"at most {MOST_MAILBOXES} addresses at once", WRONG_USAGE)
    password = resolve(door.password, Path.cwd())
    async with Wire(ca=door.ca, reach=ANYWHERE) as wire:
        send = basic(wire.send, door.username, password, to=door.url)
        try:
            return await ews.ask(send, mailboxes, question, url=door.url, source=door.url, as_of=clock())
        except PeerError as error:
            detail = f" ({error.detail})" if error.detail else ""
            raise EndingError(f"{door.url}: {REASONS[error.reason]}{detail}") from None


class _Idle:
    """Stands where no question of this process leads."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """Nothing is known here, of anybody."""
        del question
        return [Unavailable(mailbox=mailbox, reason=Reason.PEER_FAILED, detail="not opened") for mailbox in mailboxes]


def _needed(
    configuration: Configuration, directory: Path, caller: CallerSettings, mailboxes: Iterable[Mailbox]
) -> set[str]:
    """The connectors that may be asked: those of each mailbox's route, both sides of a move, and a group's members'."""
    ways = ways_of(configuration, directory)
    found = {leg.via for mailbox in mailboxes for leg in legs_in(ways.find(mailbox))}
    if configuration.groups or any(configuration.connectors[via].directory for via in found):
        found = set(configuration.connectors)  # whoever is in a group may be anywhere
    for move in configuration.moves:
        if found & {move.source, move.target}:
            found |= {move.source, move.target}
    return found - set(caller.never_via)


def _mailbox(address: str) -> Mailbox | None:
    try:
        return Mailbox.parse(address)
    except ValueError:
        return None
