"""The asking end of an Exchange server."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from protocols.ews import ask as ews
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.connector import Ask
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import EwsConnector
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.exchange import at_exchange

_MAILBOXES: Final = 100


async def peer(name: str, settings: EwsConnector, network: PeerNetwork) -> Peer:
    """The server of ``settings``, by each of its accounts. Raises SecretError, OSError (the CA file)."""
    asks = [await _asking(name, each, network) for each in settings.by_account]
    return Peer(tuple(asks), lambda _: BatchLimits(_MAILBOXES, WINDOW))


async def _asking(name: str, settings: EwsConnector, network: PeerNetwork) -> Ask:
    send = await at_exchange(settings, network, lanes=settings.concurrency)
    impersonate = settings.impersonate or ""

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        return await ews.ask(
            network.onward(send, question),
            mailboxes,
            question,
            url=settings.url,
            source=name,
            as_of=as_of,
            impersonate=impersonate,
        )

    return ask
