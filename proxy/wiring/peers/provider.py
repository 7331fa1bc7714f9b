"""The asking end of an in-house system that speaks the provider contract."""

from collections.abc import Sequence
from datetime import datetime

from protocols.http import Send
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from protocols.provider import ask as provider
from proxy.layers.batch import BatchLimits
from proxy.settings.connectors import ProviderConnector
from proxy.settings.connectors.provider import ProviderBearerAuth
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.attempts import Attempts, spared
from service.reach import bound
from service.secrets import Secret
from service.tokens import authorized, basic, refused


async def peer(name: str, settings: ProviderConnector, network: PeerNetwork) -> Peer:
    """The system of ``settings``. Raises SecretError, OSError (the CA file)."""
    send = _proved((await network.wire()).send, settings, network)

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        return await provider.ask(
            network.onward(send, question),
            mailboxes,
            question,
            url=settings.url,
            requester=settings.requester,
            source=name,
            as_of=as_of,
        )

    return Peer((ask,), lambda _: BatchLimits(settings.mailboxes, WINDOW))


def _proved(send: Send, settings: ProviderConnector, network: PeerNetwork) -> Send:
    auth = settings.auth
    if auth is None:
        return bound(send, settings.url)
    if isinstance(auth, ProviderBearerAuth):
        return authorized(send, _Token(network.secret(auth.token)), to=settings.url)
    by_password = basic(send, auth.username, network.secret(auth.password), to=settings.url)
    return spared(by_password, Attempts(together=True), patience=settings.deadline)


class _Token:
    """A token that was given once and for all: where it is refused, there is no other."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    async def bearer(self, *, renew: bool = False) -> Secret:
        """See :class:`service.tokens.TokenSource`."""
        if renew:
            raise refused("HTTP 401: the token is refused")
        return self._token
