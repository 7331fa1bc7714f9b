"""Checks how we sign in to Exchange: secrets, keytab, and whether Kerberos can be spoken here."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from console.findings import Finding, error, warning
from console.pem_checks import check_pair
from console.secret_checks import read
from service import kerberos
from service.exchange_sign_in import EwsAuth, ExchangeSection, NegotiateAuth, NtlmAuth, OAuthAuth
from service.reach import is_loopback

_KEYTAB = b"\x05\x02"  # the version of every keytab that is in use


def check_sign_in(section: str, settings: ExchangeSection, directory: Path, now: datetime) -> Iterator[Finding]:
    """What is wrong or doubtful with ``auth``, whose key is ``section``."""
    auth = settings.auth
    if isinstance(auth, OAuthAuth):
        yield from _oauth(section, auth, directory, now)
    elif isinstance(auth, NegotiateAuth):
        yield from _negotiate(section, auth, directory)
    else:
        yield from read(f"{section}.password", auth.password, directory)[1]
    url = urlsplit(settings.url)
    if isinstance(auth, NtlmAuth | NegotiateAuth) and url.scheme == "http" and not is_loopback(url.hostname or ""):
        yield error(section, "NTLM and Negotiate are not sent over plain HTTP", "write an https address in url")


def account_of(auth: EwsAuth) -> str:
    """Who that is; Windows and Entra ID know no capitals in names."""
    if isinstance(auth, OAuthAuth):
        return f"{auth.client_id} of {auth.tenant}".lower()
    if isinstance(auth, NegotiateAuth) and auth.username is None:
        return (auth.principal or str(auth.keytab or "of this machine's credential cache")).lower()
    return str(auth.username).lower()


def _oauth(section: str, auth: OAuthAuth, directory: Path, now: datetime) -> Iterator[Finding]:
    if auth.secret is not None:
        yield from read(f"{section}.secret", auth.secret, directory)[1]
    if auth.certificate is not None:
        text, found = read(f"{section}.certificate", auth.certificate, directory)
        pem = text.encode()
        yield from found or check_pair(f"{section}.certificate", pem, pem, now)


def _negotiate(section: str, auth: NegotiateAuth, directory: Path) -> Iterator[Finding]:
    install = "run `make kerberos`, or on a server pip install --require-hashes -r requirements-kerberos.lock"
    if auth.password is not None:
        yield from read(f"{section}.password", auth.password, directory)[1]
        if "@" not in (auth.username or ""):
            what = "a name without @ is signed in by NTLM, never by Kerberos"
            yield warning(f"{section}.username", what, 'write user@domain, or kind = "ntlm"')
        elif not kerberos.is_available():
            yield warning(section, "Kerberos is not installed, so NTLM is used", install)
        return
    if not kerberos.is_available():
        yield error(section, "Kerberos is not installed, and there is no password for NTLM", install)
    if auth.keytab is not None:
        yield from _keytab(f"{section}.keytab", directory / auth.keytab)


def _keytab(key: str, path: Path) -> Iterator[Finding]:
    try:
        beginning = path.read_bytes()[:2]
    except OSError as problem:
        mend = "export it there (ktpass, or samba-tool domain exportkeytab), readable by Busyline"
        yield error(key, f"{path} cannot be read: {problem.strerror}", mend)
        return
    if beginning != _KEYTAB:
        yield error(key, f"{path} is no keytab", "export it again with ktpass or ktutil")
    elif path.stat().st_mode & 0o007:
        yield warning(key, f"{path} is open to others on this machine", "chmod 0640: it is as good as the password")
