"""Builds the outgoing network of a connector, and the ``Send`` that proves us to an Exchange server on it."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from protocols.model.freebusy import Question
from proxy.hops import bearing, onward
from proxy.settings.connectors import EwsConnector, NegotiateAuth, NtlmAuth, OAuthAuth, PeerSection
from service.attempts import Attempts, spared
from service.identities import Identity, KerberosIdentity, NtlmIdentity, by_keytab, kerberos_or_ntlm
from service.negotiate import Negotiating
from service.outgoing import Outgoing
from service.tokens import authorized, basic
from service.tokens_microsoft import MicrosoftTokens


class PeerNetwork(Outgoing):
    """What the connectors' ends are built with; whatever it opens is closed by the stack."""

    def __init__(self, settings: PeerSection, directory: Path, stack: AsyncExitStack, *, hop: str = "") -> None:
        super().__init__(settings, directory, stack)
        self.settings = settings
        self.hop = hop

    def onward(self, send: Send, question: Question) -> Send:
        """``send`` for what ``question`` makes us ask, its hops told."""
        return onward(send, question, self.hop)

    def bearing(self, send: Send, hops: Sequence[str] = ()) -> Send:
        """``send`` for what is no question about calendars: it tells ``hops``, by which it came to us, and ours."""
        return bearing(send, (*hops, self.hop))


async def signed_in(settings: EwsConnector, network: PeerNetwork) -> Send:
    """A ``Send`` to the server of ``settings`` alone, with its credentials. Raises SecretError, OSError."""
    if isinstance(settings.auth, NtlmAuth | NegotiateAuth):
        negotiating = Negotiating(
            _identity(settings.auth, settings.url, network),
            url=settings.url,
            lanes=settings.concurrency,
            timeout=settings.deadline,
            ca=network.ca,
            reach=network.reach,
        )
        return (await network.stack.enter_async_context(negotiating)).send
    wire = await network.wire()
    if isinstance(settings.auth, OAuthAuth):
        return authorized(wire.send, _tokens(settings.auth, settings.url, network), to=settings.url)
    by_password = basic(wire.send, settings.auth.username, network.secret(settings.auth.password), to=settings.url)
    return spared(by_password, Attempts(together=True), patience=settings.deadline)


def _identity(auth: NtlmAuth | NegotiateAuth, url: str, network: PeerNetwork) -> Identity:
    spn = auth.spn or f"HTTP/{urlsplit(url).hostname}"
    if isinstance(auth, NtlmAuth):
        return NtlmIdentity(auth.username, network.secret(auth.password), spn=spn)
    if auth.keytab is not None:
        return by_keytab(network.directory / auth.keytab, auth.principal or "", spn=spn)
    if auth.username is not None and auth.password is not None:
        return kerberos_or_ntlm(auth.username, network.secret(auth.password), spn=spn)
    return KerberosIdentity(None, spn=spn)


def _tokens(auth: OAuthAuth, url: str, network: PeerNetwork) -> MicrosoftTokens:
    reference = auth.certificate or auth.secret
    assert reference is not None  # the settings see to it
    login_url = auth.login_url or CLOUDS["global"].login
    return MicrosoftTokens(
        network.blocking(only=login_url),
        authority=f"{login_url}/{auth.tenant}",
        client_id=auth.client_id,
        proof=network.secret(reference),
        scope=auth.scope or f"https://{urlsplit(url).hostname}/.default",
    )
