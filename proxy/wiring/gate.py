"""Builds the entrance: every way in which the settings let callers prove themselves, in the order they are tried."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography import x509

from certs.pair import CertificateError
from protocols.model.caller import Caller
from proxy.acquaintances import Acquaintances
from proxy.admission import Admission
from proxy.auth import Proof, basic, client_secrets
from proxy.auth.basic import BasicAuth, Credential
from proxy.auth.client_certificate import ClientCertificates, Holder
from proxy.auth.client_secrets import Client, ClientSecrets
from proxy.auth.gate import Gate
from proxy.auth.networks import Addresses, Fence
from proxy.auth.own_tokens import OwnTokens
from proxy.auth.passwords import Passwords, cost, objection
from proxy.connector import Clock, utc_now
from proxy.fronts.entrance import Entrance
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.wiring.oidc import oidc_tokens
from proxy.wiring.tokens import microsoft_tokens, own_tokens
from service.secrets import Reference, SecretError, resolve

_log = structlog.get_logger("busyline.wiring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The way in: before every front, and for the token endpoint, which asks the others itself."""

    entrance: Entrance
    clients: ClientSecrets
    addresses: Addresses
    admission: Admission
    own: OwnTokens | None = None


async def entry(settings: ProxySettings, directory: Path, stack: AsyncExitStack, *, clock: Clock = utc_now) -> Entry:
    """The entrance of all callers; what it opens is closed by ``stack``. Raises SecretError, CertificateError."""
    callers = settings.callers
    credentials = [found for caller in callers if (found := _credential(caller, directory))]
    clients = [client for caller in callers if (client := _client(caller, directory))]
    passwords = Passwords(basic.hashes(credentials) | client_secrets.hashes(clients))
    stack.push_async_callback(passwords.close)
    _warn_of_cheap_hashes(
        [(each.caller.name, each.password_hash) for each in credentials]
        + [(each.caller.name, each.secret_hash) for each in clients]
    )
    admission = Admission({caller.name: caller.rate for caller in callers}, clock=time.monotonic)
    addresses = Addresses(settings.server.trusted_proxies)
    fence = Fence({caller.name: caller.networks for caller in callers})
    holders = [holder for caller in callers if (holder := _holder(caller, directory))]
    own = own_tokens(settings, directory, clock=clock)
    microsoft = await microsoft_tokens(settings, directory, stack, clock=clock)
    oidc = await oidc_tokens(settings, directory, stack, clock=clock)
    # Microsoft's comes last of the bearer tokens: it refuses every one that is not of its own
    proofs: list[Proof] = [tokens for tokens in (own, oidc, microsoft) if tokens is not None]
    if credentials or not proofs:  # whoever is turned away must be told of some way (RFC 9110 15.5.2)
        proofs.append(BasicAuth(credentials, passwords))
    if holders:  # last: what was shown and is wrong is not rescued by a certificate
        proofs.append(ClientCertificates(holders, clock=clock))
    return Entry(
        entrance=Entrance(
            Gate(proofs, addresses=addresses, fence=fence),
            certificates=bool(holders),
            admission=admission,
            acquaintances=Acquaintances(addresses),
        ),
        clients=ClientSecrets(clients, passwords, fence=fence),
        addresses=addresses,
        admission=admission,
        own=own,
    )


def client_authorities(settings: ProxySettings, directory: Path) -> list[Path]:
    """Whose client certificates TLS must verify: the PEM files that callers name; none where none has a certificate."""
    found = [directory / caller.certificate.ca for caller in settings.callers if caller.certificate]
    return list(dict.fromkeys(found))


def _credential(caller: CallerSettings, directory: Path) -> Credential | None:
    if (written := caller.basic) is None:
        return None
    known = Caller(caller.name, caller.organisation, "basic")
    return Credential(written.usernames, _hash(written.password, caller.name, directory), known)


def _client(caller: CallerSettings, directory: Path) -> Client | None:
    if (written := caller.oauth) is None:
        return None
    known = Caller(caller.name, caller.organisation, "oauth")
    return Client(written.client_id, _hash(written.secret, caller.name, directory), known)


def _hash(reference: Reference, name: str, directory: Path) -> str:
    try:
        text = resolve(reference, directory).reveal()
    except SecretError as error:
        if not str(error).endswith("is empty"):
            raise
        words = f"{error}, the hash of the caller {name}: perhaps hash-password failed when it was written"
        raise SecretError(f"{words}; run it again, with 12 characters or more, or --generate") from None
    if wrong := objection(text):
        raise SecretError(f"{reference} of the caller {name} {wrong}: write there what hash-password prints")
    return text


def _holder(caller: CallerSettings, directory: Path) -> Holder | None:
    if (written := caller.certificate) is None:
        return None
    known = Caller(caller.name, caller.organisation, "certificate")
    return Holder(known, frozenset(written.names), frozenset(written.pins), _authorities(directory / written.ca))


def _authorities(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise CertificateError(f"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)") from None


def _warn_of_cheap_hashes(hashes: Sequence[tuple[str, str]]) -> None:
    costliest = max((cost(password_hash) for _, password_hash in hashes), default=0)
    for name, password_hash in hashes:
        if cost(password_hash) < costliest:
            note = "its hash is cheaper than another's, so time tells that its names exist: hash-password it anew"
            _log.warning("password_hash", caller=name, note=note)
