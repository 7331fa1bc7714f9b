"""The asking end of a CalDAV server."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from time import thread_time
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from protocols.caldav.ask import ask as ask_server
from protocols.caldav.means import Errand, Means
from protocols.caldav.server import Manner, Server, Strategy
from protocols.caldav.told import Bounds
from protocols.http import Send
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.aside import aside
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import CaldavConnector
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.caldav_sign_in import signed_in

_PATIENCE: Final = 2.0  # seconds for working hours, without which an answer is good
_log = structlog.get_logger("busyline.caldav")


async def peer(name: str, settings: CaldavConnector, network: PeerNetwork) -> Peer:
    """The server of ``settings``. Raises SecretError, OSError (the CA file)."""
    server = Server(manner(settings), _means(name, settings))
    send = await _signed_in(settings, network)

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        onward = network.onward(send, question)
        return await ask_server(onward, mailboxes, question, server=server, source=name, as_of=as_of)

    return Peer((ask,), lambda question: BatchLimits(server.at_once(question), WINDOW))


def manner(settings: CaldavConnector) -> Manner:
    """How the server of ``settings`` is to be asked."""
    return Manner(
        url=settings.url,
        strategy=None if settings.strategy == "auto" else Strategy(settings.strategy),
        principal=settings.principal,
        home=settings.home,
        ifb=settings.ifb,
        organizer=settings.organizer,
        recipients=settings.recipients,
        old_headers=settings.old_headers,
        zone=_zone(settings.zone),
        remember=settings.remember,
    )


def _means(name: str, settings: CaldavConnector) -> Means:
    lanes = asyncio.Semaphore(settings.concurrency)

    async def in_turn(errand: Errand) -> None:
        async with lanes:
            await errand()

    async def together(errands: Sequence[Errand]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as group:
                for errand in errands:
                    group.create_task(in_turn(errand))

    def notice(words: str) -> None:
        _log.warning("caldav", connector=name, what=words)

    return Means(aside=aside, budget=partial(Bounds().budget, thread_time), together=together, notice=notice)


async def _signed_in(settings: CaldavConnector, network: PeerNetwork) -> Send:
    """A ``Send`` to the server of ``settings`` alone, with its credentials."""
    send = (await network.wire(redirects=True)).send
    return signed_in(send, settings.auth, network, to=settings.url, patience=settings.deadline)


def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None
