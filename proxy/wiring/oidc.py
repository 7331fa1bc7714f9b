"""Builds the checks of tokens that configured OIDC issuers give to callers."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

from protocols.model.caller import Caller
from proxy.auth.oidc import OidcTokens, TrustedIssuer
from proxy.auth.oidc_keys import IssuerKeys
from proxy.connector import Clock
from proxy.settings import ProxySettings
from proxy.settings.oidc import OidcSettings
from service.reach import Reach
from service.wire import Wire

_PATIENCE: Final = timedelta(seconds=10)
_MOST: Final = 1024 * 1024  # bytes of a document with keys


async def oidc_tokens(
    settings: ProxySettings, directory: Path, stack: AsyncExitStack, *, clock: Clock
) -> OidcTokens | None:
    """Tokens of all issuers that a caller has; None where none has any. What it opens is closed by ``stack``.

    Keys are fetched from now on, and nobody waits for it. Raises OSError: a CA file cannot be read.
    """
    wanted = {each.oidc.issuer for each in settings.callers if each.oidc is not None}
    issuers = [await _trusted(each, settings, directory, stack) for each in settings.oidc if each.issuer in wanted]
    if not issuers:
        return None
    alone = all(each.microsoft is None for each in settings.callers)
    return OidcTokens(issuers, alone=alone, clock=lambda: clock().timestamp())


async def _trusted(own: OidcSettings, settings: ProxySettings, directory: Path, stack: AsyncExitStack) -> TrustedIssuer:
    ca = directory / own.ca if own.ca else None
    reach = Reach(private_network=own.private_network)
    wire = Wire(timeout=_PATIENCE, ca=ca, max_answer=_MOST, repeatable=True, reach=reach)
    send = (await stack.enter_async_context(wire)).send
    keys = IssuerKeys(own.issuer, send, jwks_url=own.jwks_url, private_network=own.private_network)
    stack.push_async_callback(keys.close)
    keys.begin()
    subjects: dict[str, Caller] = {}
    clients: dict[str, Caller] = {}
    for each in settings.callers:
        if each.oidc is not None and each.oidc.issuer == own.issuer:
            known = Caller(each.name, each.organisation, "oidc")
            subjects.update(dict.fromkeys(each.oidc.subjects, known))
            clients.update(dict.fromkeys(each.oidc.clients, known))
    return TrustedIssuer(
        issuer=own.issuer,
        audiences=own.audiences,
        algorithms=frozenset(own.algorithms),
        leeway=own.leeway.total_seconds(),
        subjects=subjects,
        clients=clients,
        keys=keys,
    )
