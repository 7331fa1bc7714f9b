"""A calendar in each kind of system whose server tells of changes, for a hub that is measured, and who works there."""

import base64
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Final

from bench.calsync.apart import Apart, answering, apart
from bench.calsync.ground import OWNER, Asked, Calendars, Reached, Seen, Worker, calendar_of
from bench.calsync.hubs import google_spoke, mailbox_spoke
from bench.calsync.ways import Counts, Faster, Way, exchange
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_calendar_asking import Exchange
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from calsync.spokes.google_calendar import GoogleCalendar
from calsync.spokes.graph_calendar import GraphCalendar
from protocols.google.calendar_writing import SCOPE
from service.wire import Wire
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange import calendar_folders as folders
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.graph import GraphServer
from simulation.graph.calendar_desk import CalendarDesk
from simulation.graph.calendar_front import CalendarFront
from simulation.graph.mailbox_limits import MailboxLimits
from tests.calsync.spokes.exchange_calendar_world import ANCHOR, ANNA, CONTENT, PATH, SVC, TREE, Outlook
from tests.calsync.spokes.graph_calendar_world import ANNA as ANNA_AT_GRAPH
from tests.calsync.spokes.graph_calendar_world import WRITER

NAMES: Final = ("google-0", "outlook", "mailbox", "folder")
"""A calendar of Google's, a mailbox in Microsoft 365, one on an Exchange server, and a public folder there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedAll(Reached):
    """And where the EWS is."""

    ews_url: str


class Four(Calendars):
    """Spokes are called as in NAMES."""

    def __init__(self, google: GoogleServer, desk: CalendarDesk, rooms: folders.CalendarDesk) -> None:
        assert google.calendars is not None
        super().__init__(google, google.calendars.store, desk)
        self._rooms = rooms
        self._folders = {"mailbox": rooms.calendar(ANNA.username), "folder": rooms.public_folder(PATH)}

    async def seen(self) -> Seen:
        """What the servers saw; mails also those of Exchange."""
        seen = await super().seen()
        return replace(seen, mails=seen.mails + len(self._rooms.mails))

    def worker(self, spoke: str) -> Worker:
        """Somebody who works there."""
        folder = self._folders.get(spoke)
        return Outlook(self._rooms, folder) if folder is not None else super().worker(spoke)

    def said(self) -> Iterator[Collection[object]]:
        """The subjects of each."""
        yield from super().said()
        for folder in self._folders.values():
            yield {entry.parts["Subject"].text for entry in folder.entries.values() if "Subject" in entry.parts}


@contextmanager
def four(asked: Asked) -> Iterator[Apart]:
    """All servers, in a process of their own, with the ``latency`` and the ``clock`` of ``asked``; ``told`` is a
    :class:`ReachedAll`."""
    with apart(_serve, asked) as found:
        yield found


def spokes(
    wire: Wire, reached: ReachedAll, clock: Faster
) -> dict[str, GoogleCalendar | GraphCalendar | ExchangeCalendar | ExchangePublicFolder]:
    """One for each of NAMES."""
    secret = base64.b64encode(f"{SVC.username}:{SVC.password}".encode()).decode()
    way = Way(wire=wire, authorization=f"Basic {secret}", named=exchange)
    own = Exchange(
        send=way.send,
        url=reached.ews_url,
        mailbox=ANNA.username,
        clock=clock.clock,
        sleep=clock.sleep,
        chance=lambda: 0.5,
    )
    theirs = replace(own, mailbox=SVC.username, impersonates=False)
    route = Route(path=PATH, hierarchy_mailbox=TREE, content_mailbox=CONTENT)
    return {
        "google-0": google_spoke("google-0", wire, reached, clock, Counts()),
        "outlook": mailbox_spoke(wire, reached, clock, Counts()),
        "mailbox": ExchangeCalendar("mailbox", own),
        "folder": ExchangePublicFolder("folder", theirs, route=route),
    }


async def _serve(pipe: Connection, asked: Asked) -> None:
    clock, estate = asked.clock, Estate(asked.clock.begun.date())
    limits = MailboxLimits(clock=lambda: clock.clock().timestamp(), latency=asked.latency / clock.speed)
    desk = CalendarDesk([ANNA_AT_GRAPH], limits=limits, clock=clock.clock)
    rooms = folders.CalendarDesk([ANNA.username], impersonators=[SVC.username], clock=clock.clock)
    rooms.public.tree, rooms.public.anchor = TREE, ANCHOR
    rooms.public_folder(PATH, content=CONTENT)
    async with (
        GoogleServer(estate, account=ServiceAccount(scopes=(SCOPE,))) as google,
        GraphServer(estate) as graph,
        ExchangeServer(estate, accounts=(ANNA, SVC), calendars=rooms) as server,
    ):
        server.faults.latency = asked.latency / clock.speed
        google.calendars = CalendarApi(clock.clock)
        google.calendars.channels.plain = True
        google.calendars.store.add(calendar_of("google-0"), owner=OWNER)
        graph.calendars = CalendarFront(desk)
        reached = ReachedAll(
            google_url=google.url,
            google_token=google.tokens.issued(OWNER, frozenset((SCOPE,))),
            graph_url=graph.url,
            graph_token=graph.tokens.issue(roles=WRITER),
            ews_url=server.ews_url,
        )
        await answering(pipe, Four(google, desk, rooms), reached)
