"""Proves us to an Exchange server: one way in, whatever is asked for behind it."""

import os
from urllib.parse import urlsplit

from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from service.attempts import Attempts, spared
from service.exchange_sign_in import ExchangeSection, NegotiateAuth, NtlmAuth, OAuthAuth
from service.identities import Identity, KerberosIdentity, NtlmIdentity, by_keytab, kerberos_or_ntlm
from service.negotiate import Negotiating
from service.outgoing import Outgoing
from service.tokens import authorized, basic
from service.tokens_microsoft import MicrosoftTokens
from service.wire import Ways


async def at_exchange(settings: ExchangeSection, network: Outgoing, *, lanes: int, repeatable: bool = True) -> Send:
    """A ``Send`` to the server of ``settings`` alone, with its credentials; ``lanes`` signed-in connections at most
    where each of them has to sign in (NTLM, Negotiate).

    ``repeatable`` is for questions alone: what writes is sent once.

    Raises SecretError, OSError (the CA file).
    """
    if isinstance(settings.auth, NtlmAuth | NegotiateAuth):
        negotiating = Negotiating(
            _identity(settings.auth, settings.url, network),
            url=settings.url,
            lanes=lanes,
            timeout=settings.deadline,
            ca=network.ca,
            ways=Ways(network.reach, os.environ),
            repeatable=repeatable,
        )
        return (await network.stack.enter_async_context(negotiating)).send
    wire = await network.wire(repeatable=repeatable)
    if isinstance(settings.auth, OAuthAuth):
        return authorized(wire.send, _tokens(settings.auth, settings.url, network), to=settings.url)
    by_password = basic(wire.send, settings.auth.username, network.secret(settings.auth.password), to=settings.url)
    return spared(by_password, Attempts(together=True), patience=settings.deadline)


def _identity(auth: NtlmAuth | NegotiateAuth, url: str, network: Outgoing) -> Identity:
    spn = auth.spn or f"HTTP/{urlsplit(url).hostname}"
    if isinstance(auth, NtlmAuth):
        return NtlmIdentity(auth.username, network.secret(auth.password), spn=spn)
    if auth.keytab is not None:
        return by_keytab(network.directory / auth.keytab, auth.principal or "", spn=spn)
    if auth.username is not None and auth.password is not None:
        return kerberos_or_ntlm(auth.username, network.secret(auth.password), spn=spn)
    return KerberosIdentity(None, spn=spn)


def _tokens(auth: OAuthAuth, url: str, network: Outgoing) -> MicrosoftTokens:
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
