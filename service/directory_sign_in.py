"""Signs in to a directory: by password inside TLS, or by Kerberos bound to the TLS connection."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import spnego
from spnego.exceptions import SpnegoError

from protocols.errors import PeerError
from protocols.ldap.operations import SaslBind, SimpleBind
from protocols.ldap.results import SASL_GOES_ON
from protocols.ldap.searching import Ask
from protocols.model.freebusy import Reason
from service import kerberos
from service.channel_binding import binding
from service.identities import SecurityContext
from service.secrets import Secret

_MOST_LEGS: Final = 10
_PROVING: Final = spnego.ContextReq.mutual_auth | spnego.ContextReq.integrity
_MECHANISM: Final = "GSSAPI"  # not GSS-SPNEGO: python-ldap does not tell what comes with the last answer
_NO_LAYER_AT_ALL: Final = 0x01  # RFC 4752 3.3


class SignIn(Protocol):
    """How somebody becomes known to a directory."""

    async def sign_in(self, ask: Ask, certificate: bytes | None) -> None:
        """Signs in over ``ask``; ``certificate`` (DER) is that of the connection.

        Raises PeerError(UNAUTHORIZED), and what ``ask`` raises.
        """
        ...


class PasswordSignIn:
    """A simple bind: ``user`` is user@domain, DOMAIN\\user or a distinguished name."""

    def __init__(self, user: str, password: Secret) -> None:
        if not user or not password.reveal():
            # RFC 4513 5.1.2: a name without a password is let in as nobody, and that looks like success
            raise ValueError("a sign-in by password needs a user and a password")
        self._user = user
        self._password = password

    async def sign_in(self, ask: Ask, certificate: bytes | None) -> None:
        (await ask(SimpleBind(self._user, self._password.reveal()), ())).checked()


class KerberosSignIn:
    """Kerberos with ``tickets``, or with what the process's own credential cache holds (None).

    ``host`` is the domain controller's own name: the ticket is for ldap/host. Raises SecretError where Kerberos is not
    installed.
    """

    def __init__(self, tickets: kerberos.Tickets | None, *, host: str) -> None:
        kerberos.require()
        self._tickets = tickets
        self._host = host

    async def sign_in(self, ask: Ask, certificate: bytes | None) -> None:
        """Leg by leg as RFC 4752 3.1 has it: both prove who they are, then agree on no layer but that of TLS."""
        plain = await self._plain()
        context = SecurityContext(plain, kerberos=True)
        channel = binding(certificate)
        token = await context.step(None, channel)
        for _ in range(_MOST_LEGS):
            reply = await ask(SaslBind(_MECHANISM, token or b""), ())
            if reply.code != SASL_GOES_ON:
                reply.checked()
                raise PeerError(Reason.UNAUTHORIZED, "Kerberos: the directory has not proved that it is the one meant")
            if context.complete:
                (await ask(SaslBind(_MECHANISM, _agreed(plain, reply.credentials)), ())).checked()
                return
            token = await context.step(reply.credentials, channel)
        raise PeerError(Reason.UNAUTHORIZED, f"Kerberos: the sign-in goes on after {_MOST_LEGS} steps")

    async def _plain(self) -> spnego.ContextProxy:
        cache = (await self._tickets.bearer()).reveal() if self._tickets else None
        credential = spnego.KerberosCCache(cache) if cache else spnego.CredentialCache()
        make = partial(spnego.client, [credential], protocol="kerberos", context_req=_PROVING)
        try:
            return await asyncio.to_thread(make, hostname=self._host, service="ldap")
        except SpnegoError as error:
            raise kerberos.told(error) from None


def _agreed(context: spnego.ContextProxy, offer: bytes) -> bytes:
    """The answer to what layers the directory offers: none. Inside TLS it refuses others ([MS-ADTS] 5.1.1.1.2)."""
    try:
        layers = context.unwrap(offer).data
        if not layers or not layers[0] & _NO_LAYER_AT_ALL:
            raise PeerError(Reason.UNAUTHORIZED, "Kerberos: the directory wants a layer of its own inside TLS")
        return context.wrap(bytes((_NO_LAYER_AT_ALL, 0, 0, 0)), encrypt=False).data
    except SpnegoError as error:
        raise kerberos.told(error) from None


def by_keytab(keytab: Path, principal: str, *, host: str) -> KerberosSignIn:
    """Kerberos by keytab; ``principal`` may be empty. Raises SecretError where Kerberos is not installed."""
    kerberos.require()
    return KerberosSignIn(kerberos.Tickets(principal, keytab=keytab), host=host)


def by_ticket_of(principal: str, password: Secret, *, host: str) -> KerberosSignIn:
    """Kerberos by the password of user@REALM. Raises SecretError where Kerberos is not installed."""
    kerberos.require()
    return KerberosSignIn(kerberos.Tickets(principal, password=password), host=host)
