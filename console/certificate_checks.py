"""Checks the server's certificate, of whatever kind: can it be read, do its parts fit, and would callers refuse it."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from certs import first_run, pem, pfx
from certs.acme_order import check_installed
from certs.acme_state import AcmeState
from certs.objections import REFUSED, objections
from certs.pair import CertificateError, Pair
from console.findings import Finding, error, warning
from console.secret_checks import read
from proxy.settings.certificate import (
    Certificate,
    CertificateAcme,
    CertificateFiles,
    CertificateFirstRun,
    CertificatePfx,
)

_KEY: Final = "server.certificate"
_REMEDIES = {
    "there is no file": "put it there, or write another path",
    "cannot be read": "write the path of a file that Busyline may read",
    "holds no certificate in PEM": "put the certificate there in that form",
    "holds no private key in PEM": "put the key there in that form",
    "does not name": "have one issued for that name, or correct public_url",
}


def check_certificate(certificate: Certificate, host: str, directory: Path, now: datetime) -> Iterator[Finding]:
    """What is wrong with it where callers know the server as ``host``; no authority is asked."""
    if isinstance(certificate, CertificateFirstRun):
        yield from _first_run(directory / certificate.directory)
    elif isinstance(certificate, CertificateAcme):
        yield from _acme(certificate, host, directory, now)
    elif isinstance(certificate, CertificatePfx):
        password = None
        if certificate.password is not None:
            password, found = read(f"{_KEY}.password", certificate.password, directory)
            yield from found
            if found:
                return
        yield from _told(lambda: pfx.read(directory / certificate.file, password), host, now)
    elif isinstance(certificate, CertificateFiles):
        chain, key = directory / certificate.chain, directory / certificate.key
        yield from _told(lambda: pem.read(chain, key), host, now)


def _first_run(place: Path) -> Iterator[Finding]:
    """A leaf that cannot be read is made anew, the CA is not."""
    yield from _writable(f"{_KEY}.directory", place)
    try:
        first_run.authority(place)
    except CertificateError as problem:
        what, _, remedy = str(problem).partition(": ")
        yield error(_KEY, what, remedy)


def _acme(certificate: CertificateAcme, host: str, directory: Path, now: datetime) -> Iterator[Finding]:
    try:
        check_installed()
        if certificate.ca is not None:
            pem.read_certificates(directory / certificate.ca)
    except CertificateError as problem:
        yield error(_KEY, *mended(str(problem)))
    place = directory / certificate.directory
    yield from _writable(f"{_KEY}.directory", place)
    if (account := certificate.external_account) is not None:
        yield from read(f"{_KEY}.external_account.key", account.key, directory)[1]
    yield from _told(AcmeState.of(place, certificate.directory_url).load, host, now)


def _told(load: Callable[[], Pair | None], host: str, now: datetime) -> Iterator[Finding]:
    try:
        pair = load()
    except CertificateError as problem:
        yield error(_KEY, *mended(str(problem)))
        return
    for objection in objections(pair.certificates, now=now, host=host) if pair else ():
        severity = error if objection.kind in REFUSED else warning
        yield severity(_KEY, *mended(objection.words))


def mended(text: str) -> tuple[str, str]:
    """What is wrong, and the remedy, which a text of certificates tells behind a colon or leaves to us."""
    for words, remedy in _REMEDIES.items():
        if words in text:
            return text.removesuffix(": it names "), remedy
    what, _, remedy = text.partition(": ")
    return what, remedy or "write another path"


def _writable(key: str, path: Path) -> Iterator[Finding]:
    existing = next((place for place in (path, *path.parents) if place.exists()), Path("/"))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield error(key, f"nothing can be written to {existing}", "let Busyline write there, or write another path")
