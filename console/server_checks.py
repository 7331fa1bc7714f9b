"""Checks the server's own side: its certificate and address, and whether callers can do what they say."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from console.caller_checks import check_proofs
from console.certificate_checks import check_certificate
from console.configuration import Configuration
from console.findings import Finding, warning
from proxy.settings.callers import CallerSettings
from proxy.settings.certificate import CertificateFirstRun, CertificateNone
from proxy.settings.server import ServerSettings


def check_server(server: ServerSettings, directory: Path, now: datetime) -> Iterator[Finding]:
    """[server] and its certificate."""
    certificate = server.certificate
    public = any(not address.is_loopback for address in server.listen)
    yield from check_certificate(certificate, urlsplit(server.public_url).hostname or "", directory, now)
    if isinstance(certificate, CertificateFirstRun) and public:
        yield warning(
            "server.certificate.kind",
            "callers elsewhere do not trust a certificate that Busyline issues itself",
            "use a public one, or give them the CA",
        )
    elif isinstance(certificate, CertificateNone) and public:
        yield warning(
            "server.listen",
            "passwords travel in the clear outside this machine",
            "listen on 127.0.0.1 behind a proxy that ends TLS, or name a certificate",
        )


def check_callers(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every caller: its proofs, its loop guard, and whether what it may ask about has a route."""
    for number, caller in enumerate(configuration.callers, 1):
        key = f"callers[{number}]"
        yield from check_proofs(key, caller, directory)
        if "never_via" not in caller.model_fields_set:
            yield warning(
                f"{key}.never_via",
                f'nothing keeps a question of "{caller.name}" from going in circles',
                "name the connectors of its own people, or write never_via = [] where it has none",
            )
        yield from _may_ask(f"{key}.may_ask", caller, configuration)


def _may_ask(key: str, caller: CallerSettings, configuration: Configuration) -> Iterator[Finding]:
    for pattern in caller.may_ask:
        via = {via for route in configuration.routes if meets(pattern, route.match) for via in route.via}
        if not via:
            yield warning(key, f"no route leads to {pattern}", "add one, or take it out")
        elif pattern != "*" and via <= set(caller.never_via):
            what = f"{pattern} is the caller's own domain: every such question is refused as a loop"
            yield warning(key, what, "take it out")


def meets(pattern: str, match: str) -> bool:
    """Whether somebody may fit an entry of ``may_ask`` and a route's match alike; an address stands for its domain."""
    domain, routed = pattern.rpartition("@")[2], match.rpartition("@")[2]
    if pattern == "*" or domain == routed:
        return True
    pairs = ((match, domain), (pattern, routed))
    return any(wide.startswith("*.") and narrow.endswith(wide[1:]) for wide, narrow in pairs)
