"""The asking end of a Microsoft 365 tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from protocols.graph import schedule
from protocols.graph.clouds import CLOUDS
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.connector import Ask
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import GraphConnector
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.tokens import authorized
from service.tokens_microsoft import MicrosoftTokens

_MAILBOXES: Final = 20


async def peer(name: str, settings: GraphConnector, network: PeerNetwork) -> Peer:
    """The tenant of ``settings``, one account per anchor. Raises SecretError, OSError (the CA file)."""
    cloud = CLOUDS[settings.cloud]
    api_url = settings.graph_url or cloud.graph
    reference = settings.certificate or settings.secret
    assert reference is not None  # the settings see to it
    login_url = settings.login_url or cloud.login
    tokens = MicrosoftTokens(
        network.blocking(only=login_url),
        authority=f"{login_url}/{settings.tenant}",
        client_id=settings.client_id,
        proof=network.secret(reference),
        scope=f"{api_url}/.default",
    )
    send = authorized((await network.wire()).send, tokens, to=api_url)

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
