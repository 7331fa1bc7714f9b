"""The calendars that bad input comes from: each a system with somebody who works in it, and a gate before its spoke."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

from calsync.rules import Kind
from calsync.spoke import Spoke
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from calsync.spokes.ics import IcsSubscription
from protocols.http import Headers, HttpRequest, HttpResponse
from tests.calsync.bad_input.gate import RAW, Gate, Patch, in_ews, in_json, vcalendar
from tests.calsync.spokes.exchange_calendar_world import PATH, SVC, world
from tests.calsync.spokes.google_calendar_world import workspace
from tests.calsync.spokes.graph_calendar_world import mailbox
from tests.calsync.spokes.test_ics import URL, Publisher
from tests.contracts.spoke_world import NOW, User


def no_time(time: timedelta) -> None:
    """A system whose clock nobody looks at."""


def no_tokens() -> None:
    """A system that gives none that could expire."""


@dataclass(slots=True, kw_only=True)
class Corner:
    """One system: what is entered by ``user`` is told by ``spoke`` as ``gate`` lets it through."""

    spoke: Spoke
    user: User[Any]
    gate: Gate
    pass_: Callable[[timedelta], None] = no_time
    mails: Callable[[], Sequence[object]] = tuple
    kind: Kind = Kind.CALENDAR
    expire: Callable[[], None] = no_tokens

    def spoil(self, key: str, patch: Patch) -> None:
        """From now on this is wrong with it."""
        self.gate.spoilt[key] = patch

    def mend(self) -> None:
        """Nothing is wrong with anything any more."""
        self.gate.spoilt.clear()


Cornered: TypeAlias = Callable[..., AbstractAsyncContextManager[Corner]]


@asynccontextmanager
async def google() -> AsyncIterator[Corner]:
    """A Google calendar."""
    async with workspace() as there:
        gate = Gate(there.send(), in_json)
        expire = there.stage().expire
        yield Corner(
            spoke=there.spoke(gate), user=there.user, gate=gate, mails=lambda: there.store.mails, expire=expire
        )


@asynccontextmanager
async def graph() -> AsyncIterator[Corner]:
    """A calendar in Microsoft 365."""
    async with mailbox() as there:
        gate = Gate(there.send, in_json)
        spoke = there.spoke(send=gate)
        expire = there.stage().expire
        yield Corner(
            spoke=spoke, user=there.user, gate=gate, pass_=there.pass_, mails=lambda: there.desk.mails, expire=expire
        )


@asynccontextmanager
async def ews() -> AsyncIterator[Corner]:
    """A calendar on an Exchange server."""
    async with world() as there:
        gate = Gate(there.send, in_ews)
        spoke = ExchangeCalendar("fabrikam", replace(there.exchange(), send=gate))
        yield Corner(
            spoke=spoke,
            user=there.anna,
            gate=gate,
            pass_=there.clock.pass_,
            mails=lambda: there.desk.mails,
            expire=there.desk.expire,
        )


@asynccontextmanager
async def public() -> AsyncIterator[Corner]:
    """A public folder on an Exchange server."""
    async with world() as there:
        gate = Gate(there.send, in_ews)
        route = Route(path=PATH, autodiscover=f"{there.server.url}/autodiscover/autodiscover.svc")
        exchange = replace(there.exchange(SVC.username, impersonates=False), send=gate)
        spoke = ExchangePublicFolder("shared", exchange, route=route, deletions_every=timedelta())
        yield Corner(
            spoke=spoke, user=there.team, gate=gate, pass_=there.clock.pass_, mails=lambda: there.desk.mails
        )  # fmt: skip


@dataclass(slots=True)
class File(Publisher):
    """A published file of which some events are spoilt before it goes out."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Never that it is the same: what is spoilt is spoilt in it."""
        return HttpResponse(200, Headers(), self.file())


@asynccontextmanager
async def ics() -> AsyncIterator[Corner]:
    """A published file, which is only read."""
    publisher = File()
    gate = Gate(publisher.send, _in_file)
    spoke = IcsSubscription("published", gate, url=URL, clock=lambda: NOW)
    yield Corner(spoke=spoke, user=publisher, gate=gate)


CORNERS: Final[dict[str, Cornered]] = {"google": google, "graph": graph, "ews": ews, "public": public, "ics": ics}


def _in_file(body: bytes, spoilt: Mapping[str, Patch]) -> bytes:
    """The events of a file, each under its UID."""
    before, *parts = body.split(b"BEGIN:VEVENT\r\n")
    last, _, after = parts[-1].rpartition(b"END:VCALENDAR")
    told = [before]
    for part in (*parts[:-1], last):
        key = next((each for each in spoilt if f"UID:{each}\r\n".encode() in part), None)
        if key is None:
            told.append(b"BEGIN:VEVENT\r\n" + part)
            continue
        whole = vcalendar(spoilt[key]["text"], key).encode()
        told.append(whole[whole.index(b"BEGIN:VEVENT") : whole.index(b"END:VCALENDAR")])
    return (
        b"".join((*told, b"END:VCALENDAR", after)).replace(b"[broken]", RAW["[broken]"]).replace(b"[control]", b"\x01")
    )
