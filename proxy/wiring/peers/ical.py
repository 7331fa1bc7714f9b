"""The asking end of files published at URLs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from time import thread_time
from typing import Final
from zoneinfo import ZoneInfo

from protocols.caldav import published
from protocols.caldav.published_urls import PublishedUrls
from protocols.caldav.told import Bounds
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.aside import aside
from proxy.layers.batch import BatchLimits
from proxy.recent import Recent
from proxy.settings.connectors import IcalConnector
from proxy.url_files import urls_of
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.caldav_sign_in import signed_in
from service.reach import origin
from service.wire import Wire

_FILES: Final = 100_000


async def peer(name: str, settings: IcalConnector, network: PeerNetwork) -> Peer:
    """The files of ``settings``. Raises SecretError, OSError (the CA file), ListFileError (the file of people)."""
    send = await _sending(settings, network)
    people = settings.people or {}
    urls = PublishedUrls(settings.url, urls_of(network.directory / people) if isinstance(people, Path) else people)
    shelf: Recent[str, published.Kept] = Recent(count=_FILES, weight=settings.keep, weigh=lambda _, kept: kept.weight)
    files = published.Files(
        find=urls.find,
        shelf=shelf,
        aside=aside,
        bounds=Bounds(size=settings.max_size),
        zone=ZoneInfo(settings.zone) if settings.zone else None,
        ahead=settings.published_ahead,
        stopwatch=thread_time,
    )

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        way = network.onward(send, question)
        return await published.ask(way, mailboxes, question, files=files, source=name, as_of=as_of)

    return Peer((ask,), lambda _: BatchLimits(1, WINDOW))


async def _sending(settings: IcalConnector, network: PeerNetwork) -> Send:
    """A ``Send`` that takes in no more than a file may hold, credentials for the server of ``url`` alone."""
    wire = await network.stack.enter_async_context(
        Wire(
            timeout=settings.deadline,
            ca=network.ca,
            reach=network.reach,
            repeatable=True,
            max_answer=settings.max_size,
            redirects=True,
        )
    )
    if settings.auth is None or settings.url is None:
        return wire.send
    own = origin(settings.url)
    inside = signed_in(wire.send, settings.auth, network, to=settings.url, patience=settings.deadline)

    async def send(request: HttpRequest) -> HttpResponse:
        return await (inside if origin(request.url) == own else wire.send)(request)

    return send
