"""Checks [[oidc]]: that somebody uses each issuer, that its CA can be read, and that no other way wants its tokens."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.pem_checks import certificates
from protocols.ews.xoauth.clouds import CLOUDS
from proxy.settings.oidc import OidcSettings


def check_oidc(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every issuer; nothing is fetched."""
    used = {caller.oidc.issuer for caller in configuration.callers if caller.oidc is not None}
    for number, section in enumerate(configuration.oidc):
        key = f"oidc.{number}"
        if section.issuer not in used:
            yield note(key, "no caller has this issuer, so its tokens open nothing", "remove it, or give a caller oidc")
        yield from _authority(f"{key}.ca", section, directory)
        if section.issuer in _pinned(configuration):
            what = "a caller with microsoft has a tenant of this issuer, whose tokens are now checked by [[oidc]] alone"
            yield warning(
                f"{key}.issuer", what, "let the callers of this tenant prove themselves in one of the two ways"
            )


def _authority(key: str, section: OidcSettings, directory: Path) -> Iterator[Finding]:
    if section.ca is None:
        return
    path = directory / section.ca
    try:
        found = certificates(path.read_bytes())
    except OSError as problem:
        yield error(key, f"{path} cannot be read: {problem.strerror}", "put the CA's certificate there (PEM)")
        return
    if not found:
        yield error(key, f"{path} holds no certificate", "put the CA's certificate there (PEM)")


def _pinned(configuration: Configuration) -> frozenset[str]:
    """Every name of an issuer whose tokens Microsoft's way believes."""
    cloud = CLOUDS[configuration.microsoft.cloud]
    tenants = [tenant for caller in configuration.callers if caller.microsoft for tenant in caller.microsoft.tenants]
    return frozenset(name for tenant in tenants for name in cloud.issuers_of(tenant))
