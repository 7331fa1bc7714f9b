"""Builds the gate: every way in which the settings let callers prove themselves, in the order they are tried."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from protocols.model.caller import Caller
from proxy.auth.basic import BasicAuth, Credential, cost, is_hash
from proxy.auth.gate import Gate
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from service.secrets import SecretError, resolve

_log = structlog.get_logger("busyline.wiring")


async def gate(settings: ProxySettings, directory: Path, stack: AsyncExitStack) -> Gate:
    """The gate of all callers; what it opens is closed by ``stack``. Raises SecretError."""
    credentials = [_credential(caller, directory) for caller in settings.callers]
    _warn_of_cheap_hashes(credentials)
    basic = BasicAuth(credentials)
    stack.push_async_callback(basic.close)
    return Gate([basic])


def _credential(caller: CallerSettings, directory: Path) -> Credential:
    reference = caller.basic.password
    password_hash = resolve(reference, directory).reveal()
    if not is_hash(password_hash):
        raise SecretError(f"{reference} of the caller {caller.name} is no hash: write there what hash-password prints")
    return Credential(caller.basic.usernames, password_hash, Caller(caller.name, caller.organisation, "basic"))


def _warn_of_cheap_hashes(credentials: Sequence[Credential]) -> None:
    costliest = max((cost(credential.password_hash) for credential in credentials), default=0)
    for credential in credentials:
        if cost(credential.password_hash) < costliest:
            note = "its hash is cheaper than another's, so time tells that its user names exist: hash-password it anew"
            _log.warning("password_hash", caller=credential.caller.name, note=note)
