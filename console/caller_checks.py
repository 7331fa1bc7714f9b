"""Checks what callers prove themselves by: that hashes are hashes, and authorities are authorities."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography import x509

from certs.pair import CertificateError
from certs.pem import read_certificates
from console.certificate_checks import mended
from console.findings import Finding, error, warning
from console.secret_checks import read
from proxy.auth.passwords import objection
from proxy.settings.callers import CallerSettings
from service.secrets import Reference

_RUN_AGAIN: Final = (
    "perhaps `busyline hash-password` failed when it was written: run it again, with 12 characters "
    "or more, or --generate"
)


def check_proofs(key: str, caller: CallerSettings, directory: Path) -> Iterator[Finding]:
    """``caller``'s password, client secret and authority, whichever it has; ``key`` is where the caller is written."""
    if caller.basic is not None:
        yield from _hash(f"{key}.basic.password", caller.basic.password, directory)
    if caller.oauth is not None:
        yield from _hash(f"{key}.oauth.secret", caller.oauth.secret, directory)
    if caller.certificate is not None:
        named = bool(caller.certificate.names)
        yield from _authority(f"{key}.certificate.ca", directory / caller.certificate.ca, named)


def _hash(key: str, reference: Reference, directory: Path) -> Iterator[Finding]:
    text, found = read(key, reference, directory)
    for finding in found:
        empty = reference.kind == "file" and finding.what.endswith("is empty")
        yield replace(finding, mend=_RUN_AGAIN) if empty else finding
    if not found and (wrong := objection(text)):
        yield error(key, wrong, "store what `busyline hash-password` prints")


def _authority(key: str, path: Path, named: bool) -> Iterator[Finding]:
    """``named``: certificates of it are known by name, so that they are signed by another."""
    try:
        certificates = read_certificates(path)
    except CertificateError as problem:
        yield error(key, *mended(str(problem)))
        return
    if named and not any(map(_issues, certificates)):
        what = f"no certificate in {path} is an authority's, so that none signed by it is believed"
        yield warning(key, what, "put the certificate of the authority there, not the caller's own")


def _issues(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
