"""The asking end of a Microsoft 365 tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from protocols.graph import schedule
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.connector import Ask
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import GraphConnector
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.clouds import at_graph

_MAILBOXES: Final = 20


async def peer(name: str, settings: GraphConnector, network: PeerNetwork) -> Peer:
    """The tenant of ``settings``, one account per anchor. Raises SecretError, OSError (the CA file)."""
    send, api_url = await at_graph(settings, network)

    def asking(anchor: str) -> Ask:
        async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
            return await schedule.ask(
                network.onward(send, question),
                mailboxes,
                question,
                api_url=api_url,
                anchor=anchor,
                source=name,
                as_of=as_of,
            )

        return ask

    return Peer(tuple(map(asking, settings.anchors)), lambda _: BatchLimits(_MAILBOXES, WINDOW))
