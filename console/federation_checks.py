"""Checks the federation trust: do its certificates and keys fit, do they hold, and does anybody ask through it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from certs import federation
from certs.pair import CertificateError
from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.pem_checks import check_dates


def check_federation(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """[federation], where it is written."""
    if (written := configuration.federation) is None:
        return
    for place, files in written.files(directory).items():
        try:
            pair = federation.load({federation.CURRENT: files}).pairs[federation.CURRENT]
        except CertificateError as problem:
            yield error(f"federation.{place}", *_mended(str(problem)))
        else:
            if place != federation.PREVIOUS:
                yield from check_dates(f"federation.{place}", pair.leaf, now)
    for number, issuer in enumerate(written.issuers):
        yield from _issuer(f"federation.issuers.{number}", [directory / path for path in issuer.certificates], now)
    if not any(caller.federation for caller in configuration.callers):
        yield warning(
            "federation", "no caller proves itself by this trust", "write federation into one, or take it out"
        )


def _issuer(key: str, paths: list[Path], now: datetime) -> Iterator[Finding]:
    """One of them must hold today; another may be over, or of the days to come."""
    found: list[x509.Certificate] = []
    for path in paths:
        try:
            found += federation.certificates(path)
        except CertificateError as problem:
            yield error(f"{key}.certificates", *_mended(str(problem)))
    if found and not any(each.not_valid_before_utc <= now < each.not_valid_after_utc for each in found):
        yield from check_dates(f"{key}.certificates", max(found, key=lambda each: each.not_valid_after_utc), now)


def _mended(problem: str) -> tuple[str, str]:
    what, colon, mend = problem.rpartition(": ")
    return (what, mend) if colon else (problem, "put the file there, readable by Busyline alone")
