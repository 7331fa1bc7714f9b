"""The asking end of an Exchange server."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from protocols.ews import ask as ews
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import EwsConnector
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork, signed_in

_MAILBOXES: Final = 100


async def peer(name: str, settings: EwsConnector, network: PeerNetwork) -> Peer:
    """The server of ``settings``. Raises SecretError, OSError (the CA file)."""
    send = await signed_in(settings, network)
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

    return Peer((ask,), lambda _: BatchLimits(_MAILBOXES, WINDOW))
