"""Who signs in by NTLM or Negotiate: makes one security context per sign-in, from a password, a keytab or a cache."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import spnego
import structlog
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service import kerberos
from service.secrets import Secret

_log = structlog.get_logger("busyline.negotiate")


class Identity(Protocol):
    """Who signs in. ``scheme`` is the word that stands in the HTTP headers."""

    scheme: str

    async def context(self) -> "SecurityContext":
        """A new sign-in. Raises PeerError(UNAUTHORIZED | UNREACHABLE)."""
        ...


class SecurityContext:
    """One sign-in, token by token; the work is done in a thread."""

    def __init__(self, context: spnego.ContextProxy, *, kerberos: bool) -> None:
        self._context = context
        self.kerberos = kerberos

    @property
    def complete(self) -> bool:
        """Whether nothing more is to be said by either side."""
        return self._context.complete

    async def step(self, token: bytes | None, binding: GssChannelBindings | None) -> bytes | None:
        """The next token for the server. Raises PeerError(UNAUTHORIZED) where its own cannot be true."""
        try:
            return await asyncio.to_thread(self._context.step, token, channel_bindings=binding)
        except Exception as error:  # noqa: BLE001  whatever the parsing of what the server sent may raise
            if self.kerberos:
                raise kerberos.told(error) from None
            raise PeerError(
                Reason.UNAUTHORIZED, f"NTLM: what the server sent is no challenge ({type(error).__name__})"
            ) from None


class NtlmIdentity:
    """NTLM by user name (user@domain or DOMAIN\\user) and password. ``spn`` is service/host.

    With the scheme ``Negotiate`` the same tokens travel under that name, as Windows itself does without Kerberos.
    """

    def __init__(self, username: str, password: Secret, *, spn: str, scheme: str = "NTLM") -> None:
        self.scheme = scheme
        self._username = username
        self._password = password
        self._service, _, self._host = spn.partition("/")

    async def context(self) -> SecurityContext:
        make = partial(spnego.client, self._username, self._password.reveal(), protocol="ntlm")
        return SecurityContext(await _made(make, self._host, self._service), kerberos=False)


class KerberosIdentity:
    """Kerberos in SPNEGO with ``tickets``, or with what the process's own credential cache holds (None).

    ``otherwise`` signs in where there is no domain controller to ask; a password that one refused is not tried again.
    """

    scheme = "Negotiate"

    def __init__(self, tickets: kerberos.Tickets | None, *, spn: str, otherwise: NtlmIdentity | None = None) -> None:
        kerberos.require()
        self._tickets = tickets
        self._service, _, self._host = spn.partition("/")
        self._otherwise = otherwise
        self._told = False

    async def context(self) -> SecurityContext:
        try:
            cache = (await self._tickets.bearer()).reveal() if self._tickets else None
        except kerberos.NoDomainError as error:
            if self._otherwise is None:
                raise
            if not self._told:
                _log.warning("sign-in by NTLM", reason=error.detail)
                self._told = True
            return await self._otherwise.context()
        credential = spnego.KerberosCCache(cache) if cache else spnego.CredentialCache()
        make = partial(spnego.client, [credential], protocol="negotiate")
        return SecurityContext(await _made(make, self._host, self._service), kerberos=True)


def kerberos_or_ntlm(username: str, password: Secret, *, spn: str) -> Identity:
    """Negotiate by password: Kerberos where it is installed and the name is user@domain, else NTLM."""
    ntlm = NtlmIdentity(username, password, spn=spn, scheme="Negotiate")
    user, at, realm = username.rpartition("@")
    if not at or not kerberos.is_available():
        return ntlm
    tickets = kerberos.Tickets(
        f"{user}@{realm.upper()}", password=password
    )  # realms of Active Directory are upper case
    return KerberosIdentity(tickets, spn=spn, otherwise=ntlm)


def by_keytab(keytab: Path, principal: str, *, spn: str) -> Identity:
    """Negotiate by keytab; ``principal`` may be empty. Raises SecretError where Kerberos is not installed."""
    return KerberosIdentity(kerberos.Tickets(principal, keytab=keytab), spn=spn)


async def _made(make: Callable[..., spnego.ContextProxy], host: str, service: str) -> spnego.ContextProxy:
    try:
        return await asyncio.to_thread(make, hostname=host, service=service)
    except SpnegoError as error:
        raise kerberos.told(error) from None
