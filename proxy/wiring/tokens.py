"""Builds what bearer tokens need: our own keys and their endpoint, and the checks of Microsoft's tokens."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from protocols.ews.xoauth.clouds import CLOUDS, Cloud
from protocols.model.caller import Caller
from proxy.admission import Admission
from proxy.auth.microsoft import MicrosoftTokens
from proxy.auth.microsoft_keys import TenantKeys
from proxy.auth.networks import Addresses
from proxy.auth.own_tokens import OwnTokens
from proxy.auth.signing_keys import SigningKeys
from proxy.connector import Clock
from proxy.fronts.token import Clients, TokenFront
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.settings.tokens import MicrosoftSettings
from service.wire import Wire

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105  a path, no token
_PATIENCE: Final = timedelta(seconds=10)
_MOST: Final = 1024 * 1024  # bytes of a document with keys


def own_tokens(settings: ProxySettings, directory: Path, *, clock: Clock) -> OwnTokens | None:
    """Our own tokens; None where no caller has ``oauth``."""
    callers = {each.name: _caller(each, "oauth") for each in settings.callers if each.oauth is not None}
    if not callers:
        return None
    tokens, seconds = settings.tokens, _seconds(clock)
    keys = SigningKeys(directory / tokens.directory, lifetime=tokens.lifetime, rotate=tokens.rotate, clock=seconds)
    return OwnTokens(
        keys,
        issuer=settings.server.public_url,
        callers=callers,
        lifetime=tokens.lifetime,
        alone=all(each.microsoft is None and each.oidc is None for each in settings.callers),
        clock=seconds,
    )


async def microsoft_tokens(
    settings: ProxySettings, directory: Path, stack: AsyncExitStack, *, clock: Clock
) -> MicrosoftTokens | None:
    """Microsoft's tokens; None where no caller has ``microsoft``. What it opens is closed by ``stack``.

    Keys are fetched when the first token comes. Raises OSError: the CA file cannot be read.
    """
    callers = {
        (tenant, app): _caller(each, "microsoft")
        for each in settings.callers
        if each.microsoft is not None
        for tenant in each.microsoft.tenants
        for app in each.microsoft.apps
    }
    if not callers:
        return None
    own, cloud = settings.microsoft, _cloud(settings.microsoft)
    ca = directory / own.ca if own.ca else None
    wire = await stack.enter_async_context(Wire(timeout=_PATIENCE, ca=ca, max_answer=_MOST, repeatable=True))
    keys = {
        tenant: TenantKeys(tenant, cloud.documents(tenant), wire.send, issuers=cloud.key_issuers_of(tenant))
        for tenant, _ in callers
    }
    for each in keys.values():
        stack.push_async_callback(each.close)
    host = urlsplit(settings.server.public_url).hostname or ""
    return MicrosoftTokens(
        callers=callers,
        keys=keys,
        client_id=own.client_id,
        hostnames=(host.lower(), *own.hostnames),
        cloud=cloud,
        clock=_seconds(clock),
    )


def _caller(settings: CallerSettings, proof: str) -> Caller:
    return Caller(settings.name, settings.organisation, proof)


def _cloud(settings: MicrosoftSettings) -> Cloud:
    cloud = CLOUDS[settings.cloud]
    if settings.login_url is None:
        return cloud
    return replace(cloud, login=settings.login_url, access_control=settings.login_url)


def _seconds(clock: Clock) -> Callable[[], float]:
    return lambda: clock().timestamp()


def token_fronts(
    tokens: OwnTokens | None, clients: Clients, addresses: Addresses, admission: Admission
) -> dict[str, TokenFront]:
    """The token endpoint at its path, where there are tokens of our own. Raises SecretError: there are no keys."""
    if tokens is None:
        return {}
    tokens.open()
    return {TOKEN_PATH: TokenFront(clients=clients, issuer=tokens, addresses=addresses, admission=admission)}
