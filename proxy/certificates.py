"""Every certificate that the configuration uses, by what it is for: to be listed, and their days to be counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509

from certs import first_run, pem, pfx
from certs.acme_state import AcmeState
from certs.pair import CertificateError, Pair
from proxy.connector import Clock
from proxy.settings import ProxySettings
from proxy.settings.certificate import (
    CertificateAcme,
    CertificateFiles,
    CertificateFirstRun,
    CertificateNone,
    CertificatePfx,
)
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GraphConnector
from proxy.settings.server import ServerSettings
from service.exchange_sign_in import OAuthAuth
from service.metrics import Metrics
from service.secrets import Reference, SecretError, resolve

_DAY: Final = timedelta(days=1)
_COUNTED: Final = frozenset({"connector", "connector-ca", "caller-ca"})  # the others are counted where they may change


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One certificate or one file of authorities.

    ``kind`` and ``name`` say what it is for, ``key`` where the settings name it. ``certificates`` is a chain, the leaf
    first, where ``own`` (we hold its key), else authorities side by side; it is empty where ``problem`` says why.
    ``host`` is what callers know us by, where they check it.
    """

    kind: str
    name: str
    key: str
    certificates: tuple[x509.Certificate, ...] = ()
    problem: str = ""
    own: bool = False
    host: str | None = None


def used(settings: ProxySettings, directory: Path) -> Iterator[Used]:
    """All of them, in the order of the file; files and secrets are relative to ``directory``."""
    yield from _server(settings.server, directory)
    for name, connector in settings.connectors.items():
        yield from _connector(name, connector, directory)
    for number, caller in enumerate(settings.callers, 1):
        if caller.certificate is not None:
            key = f"callers[{number}].certificate.ca"
            yield _authorities("caller-ca", caller.name, key, directory / caller.certificate.ca)
    if (trust := settings.federation) is not None:
        for place in ("current", "next", "previous"):
            if (files := getattr(trust, place)) is not None:
                read = partial(pem.read, directory / files.chain, directory / files.key)
                yield _pair("federation", place, f"federation.{place}", read)
        for number, issuer in enumerate(trust.issuers, 1):
            for path in issuer.certificates:
                key = f"federation.issuers[{number}].certificates"
                yield _authorities("federation-issuer", issuer.uri, key, directory / path)


def count(settings: ProxySettings, directory: Path, metrics: Metrics, clock: Clock) -> None:
    """The days that the certificates of connectors and callers have left, at every scrape: the first to end of each."""
    for each in used(settings, directory):
        if each.kind not in _COUNTED or not each.certificates:
            continue
        chain = each.certificates[:1] if each.own else each.certificates
        ends = min(certificate.not_valid_after_utc for certificate in chain)
        metrics.read(
            "busyline_certificate_days_left",
            "Until a certificate expires",
            lambda ends=ends: (ends - clock()) / _DAY,  # type: ignore[misc]
            labels={"kind": each.kind, "name": each.name},
        )


def _server(server: ServerSettings, directory: Path) -> Iterator[Used]:
    certificate = server.certificate
    host = urlsplit(server.public_url).hostname or ""
    if isinstance(certificate, CertificateNone):
        return
    yield _pair("server", host, "server.certificate", partial(_shown, certificate, directory), host=host)
    if isinstance(certificate, CertificateAcme) and certificate.ca is not None:
        yield _authorities("acme-ca", host, "server.certificate.ca", directory / certificate.ca)


def _shown(
    certificate: CertificateFiles | CertificatePfx | CertificateAcme | CertificateFirstRun, directory: Path
) -> Pair:
    if isinstance(certificate, CertificateFiles):
        return pem.read(directory / certificate.chain, directory / certificate.key)
    if isinstance(certificate, CertificatePfx):
        password = certificate.password
        text = resolve(password, directory).reveal() if password else None
        return pfx.read(directory / certificate.file, text)
    if isinstance(certificate, CertificateAcme):
        found = AcmeState.of(directory / certificate.directory, certificate.directory_url).load()
        if found is None:
            raise CertificateError("none is issued yet: `busyline serve` has it issued, and its log says what fails")
        return found
    place = directory / certificate.directory
    first_run.authority(place)  # which the next start reads
    if not (place / first_run.CHAIN_FILE).exists():
        raise CertificateError("none is issued yet: `busyline serve` issues it on its first start")
    return pem.read(place / first_run.CHAIN_FILE, place / first_run.KEY_FILE)


def _connector(name: str, connector: ConnectorSettings, directory: Path) -> Iterator[Used]:
    section = f"connectors.{name}"
    reference: Reference | None = None
    if isinstance(connector, GraphConnector):
        key, reference = f"{section}.certificate", connector.certificate
    elif isinstance(connector, EwsConnector) and isinstance(connector.auth, OAuthAuth):
        key, reference = f"{section}.auth.certificate", connector.auth.certificate
    if reference is not None:
        yield _pair("connector", name, key, partial(_referenced, reference, directory))
    if connector.ca is not None:
        yield _authorities("connector-ca", name, f"{section}.ca", directory / connector.ca)


def _referenced(reference: Reference, directory: Path) -> Pair:
    text = resolve(reference, directory).reveal().encode()
    return pem.read_pair(text, text, chain=str(reference), key=str(reference))


def _pair(kind: str, name: str, key: str, read: Callable[[], Pair], *, host: str | None = None) -> Used:
    try:
        return Used(kind=kind, name=name, key=key, certificates=read().certificates, own=True, host=host)
    except (CertificateError, SecretError) as error:
        return Used(kind=kind, name=name, key=key, problem=str(error), own=True, host=host)


def _authorities(kind: str, name: str, key: str, path: Path) -> Used:
    try:
        return Used(kind=kind, name=name, key=key, certificates=pem.read_certificates(path))
    except CertificateError as error:
        return Used(kind=kind, name=name, key=key, problem=str(error))
