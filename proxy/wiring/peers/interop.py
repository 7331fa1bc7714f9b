"""The asking end of Google's free/busy service for Exchange."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from protocols.ews import ask as ews
from protocols.ews.autodiscover.client import find
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Answer, Detail, Question
from protocols.model.mailbox import Mailbox
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import InteropConnector
from proxy.wiring.peers.discovered import Discovered
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.attempts import Attempts, spared
from service.reach import Origin, origin
from service.secrets import Secret
from service.tokens import basic

_MAILBOXES: Final = 50  # Google's own limit here is not known; its freeBusy takes as many


async def peer(name: str, settings: InteropConnector, network: PeerNetwork) -> Peer:
    """The Workspace domain of ``settings``. Raises SecretError, OSError (the CA file)."""
    home = origin(settings.autodiscover_url)
    trusted = (home, *(origin(f"https://{host}") for host in settings.hosts))
    proved = _proved((await network.wire()).send, settings.username, network.secret(settings.password), trusted)
    send = spared(proved, Attempts(together=True), patience=settings.deadline)

    async def search(now: datetime) -> str:
        return await find(
            send,
            url=settings.autodiscover_url,
            address=settings.username,
            trusts=lambda url: _is_one_of(url, trusted),
            as_of=now,
        )

    discovered = Discovered(search)

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        busy = replace(question, detail=Detail.BUSY)  # it tells no more, and is not asked for more
        onward = network.onward(send, question)

        async def at(url: str) -> list[Answer]:
            return await ews.ask(onward, mailboxes, busy, url=url, source=name, as_of=as_of)

        return await discovered.asked(at, as_of)

    return Peer((ask,), lambda _: BatchLimits(_MAILBOXES, WINDOW))


def _proved(send: Send, username: str, password: Secret, trusted: Iterable[Origin]) -> Send:
    """``send`` with the role account's credential, to the ``trusted`` origins alone."""
    sends = {place: basic(send, username, password, to=_url(place)) for place in trusted}
    home = next(iter(sends))

    async def sent(request: HttpRequest) -> HttpResponse:
        place = next((place for place in sends if _is_one_of(request.url, (place,))), home)
        return await sends[place](request)  # each refuses what is not its own origin

    return sent


def _is_one_of(url: str, places: Iterable[Origin]) -> bool:
    try:
        return origin(url) in places
    except ValueError:
        return False


def _url(place: Origin) -> str:
    scheme, host, port = place
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
