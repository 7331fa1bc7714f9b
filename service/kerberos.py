"""Kerberos tickets of the account that Busyline signs in with: by password or keytab, renewed before they expire."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.secrets import Secret, SecretError
from service.tokens import CachedTokens

_BASE: Final = -1765328384  # where krb5's error numbers begin
_WORDS: Final = {  # offset from _BASE; RFC 4120 7.5.9 for those below 128
    6: "the domain does not know the user",
    7: "the domain knows no service of this name: set spn, or register it there with setspn",
    14: "the domain and the account share no encryption type: export the keytab again with AES keys",
    18: "the account is disabled or locked out",
    23: "the password has expired",
    24: "the password, or the key in the keytab, is wrong",
    32: "the ticket has expired: renew the credential cache",
    37: "this machine's clock differs from the domain's by more than five minutes",
    141: "no credential cache holds a ticket: run kinit, or write a keytab",
    181: "the keytab holds no key of the principal",
    195: "no credential cache holds a ticket: run kinit, or write a keytab",
}
_NO_DOMAIN: Final = {
    154: "no domain controller is known for the realm: see krb5.conf and DNS",
    156: "no domain controller answers",
    220: "no domain controller is known for the realm: see krb5.conf and DNS",
    224: "no realm is known: write user@domain, or default_realm in krb5.conf",
}


class NoDomainError(PeerError):
    """No domain controller can be asked, so Kerberos is not to be had; nothing was tried with the password."""


def is_available() -> bool:
    """Whether the libraries of the extra ``kerberos`` are installed."""
    try:
        import gssapi  # noqa: F401, PLC0415  optional
        import krb5  # noqa: F401, PLC0415  optional
    except ImportError:
        return False
    return True


def require() -> None:
    """Raises SecretError with words where Kerberos is not installed."""
    if not is_available():
        raise SecretError(
            "Kerberos is not installed: run `make kerberos`, or on a server "
            "pip install --require-hashes -r requirements-kerberos.lock (it builds against libkrb5-dev)"
        )


class Tickets(CachedTokens):
    """A credential cache in memory with a ticket of one account; :meth:`bearer` gives its name.

    ``principal`` is user@REALM, empty for that of the first key in ``keytab``; one of ``password`` and ``keytab``.
    """

    def __init__(
        self,
        principal: str,
        *,
        password: Secret | None = None,
        keytab: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock=clock)
        self._principal = principal
        self._password = password
        self._keytab = keytab
        self._caches: list[tuple[Any, Any]] = []

    def fetch(self) -> tuple[Secret, float]:
        """A new ticket from the domain. Raises PeerError(UNAUTHORIZED), NoDomainError."""
        import krb5  # noqa: PLC0415  optional

        try:
            context = krb5.init_context()
            credential = self._credential(krb5, context)
            cache = krb5.cc_new_unique(context, b"MEMORY")
            krb5.cc_initialize(context, cache, credential.client)
            krb5.cc_store_cred(context, cache, credential)
        except krb5.Krb5Error as error:
            raise told(error) from None
        self._keep(krb5, context, cache)
        name = b":".join(part for part in (cache.cache_type, cache.name) if part)
        return Secret(name.decode()), float(credential.times.endtime - time.time())

    def _credential(self, krb5: Any, context: Any) -> Any:
        options = krb5.get_init_creds_opt_alloc(context)
        krb5.get_init_creds_opt_set_canonicalize(options, True)
        if self._keytab is None:
            principal = krb5.parse_name_flags(context, self._principal.encode())
            password = self._password.reveal().encode() if self._password else b""
            return krb5.get_init_creds_password(context, principal, options, password=password)
        try:
            self._keytab.open("rb").close()  # krb5 would ask the domain first and blame it
        except OSError as error:
            words = f"Kerberos: the keytab cannot be read: {error.strerror}"
            raise PeerError(Reason.UNAUTHORIZED, words) from None
        keytab = krb5.kt_resolve(context, f"FILE:{self._keytab}".encode())
        name = self._principal or _first_name(keytab)
        principal = krb5.parse_name_flags(context, name.encode())
        return krb5.get_init_creds_keytab(context, principal, options, keytab=keytab)

    def _keep(self, krb5: Any, context: Any, cache: Any) -> None:
        """The one before stays for those who use it still."""
        self._caches.append((context, cache))
        while len(self._caches) > 2:
            krb5.cc_destroy(*self._caches.pop(0))


def told(error: BaseException) -> PeerError:
    """What an error of krb5 or GSSAPI means, in words: NoDomainError, or PeerError(UNAUTHORIZED)."""
    number = _number(error)
    if number in _NO_DOMAIN:
        return NoDomainError(Reason.UNREACHABLE, f"Kerberos: {_NO_DOMAIN[number]}")
    words = _WORDS.get(number, f"the ticket is not had or not taken ({type(error).__name__} {number})")
    return PeerError(Reason.UNAUTHORIZED, f"Kerberos: {words}")


def _number(error: BaseException | None) -> int:
    """The krb5 error behind it, as an offset from the base of its table."""
    while error is not None:
        code = getattr(error, "err_code", None) or getattr(error, "min_code", None)
        if isinstance(code, int):
            return ((code + 2**31) % 2**32 - 2**31) - _BASE  # GSSAPI hands the same number on without its sign
        error = getattr(error, "base_error", None) or error.__cause__
    return 0


def _first_name(keytab: Any) -> str:
    entries = list(keytab)
    if not entries:
        raise PeerError(Reason.UNAUTHORIZED, "Kerberos: the keytab is empty")
    return str(entries[0].principal.name.decode())
