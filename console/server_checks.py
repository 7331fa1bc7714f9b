"""Checks the server's own side: its certificate and address, and whether routes and callers can do what they say."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from certs import pem
from console.configuration import Configuration
from console.connector_checks import read
from console.findings import Finding, error, warning
from proxy.auth.basic import is_hash
from proxy.settings.callers import CallerSettings
from proxy.settings.certificate import CertificateFiles, CertificateFirstRun
from proxy.settings.server import ServerSettings

_DOUBTFUL = ("the certificate expires", "the file holds")  # works today; every other note is refused by callers

_REMEDIES = {
    "there is no file": "put it there, or write another path",
    "cannot be read": "write the path of a file that Busyline may read",
    "holds no certificate in PEM": "put the certificate there in that form",
    "holds no private key in PEM": "put the key there in that form",
    "does not name": "have one issued for that name, or correct public_url",
}


def check_server(server: ServerSettings, directory: Path, now: datetime) -> Iterator[Finding]:
    """[server] and its certificate."""
    certificate = server.certificate
    public = any(not address.is_loopback for address in server.listen)
    if isinstance(certificate, CertificateFiles):
        yield from _files(certificate, directory, urlsplit(server.public_url).hostname or "", now)
    elif isinstance(certificate, CertificateFirstRun):
        yield from _writable("server.certificate.directory", directory / certificate.directory)
        if public:
            yield warning(
                "server.certificate.kind",
                "callers elsewhere do not trust a certificate that Busyline issues itself",
                "use a public one, or give them the CA",
            )
    elif public:
        yield warning(
            "server.listen",
            "passwords travel in the clear outside this machine",
            "listen on 127.0.0.1 behind a proxy that ends TLS, or name a certificate",
        )


def _files(certificate: CertificateFiles, directory: Path, host: str, now: datetime) -> Iterator[Finding]:
    key = "server.certificate"
    try:
        loaded = pem.load(directory / certificate.chain, directory / certificate.key, now=now, host=host)
    except pem.CertificateError as problem:
        yield error(key, *_mended(str(problem)))
        return
    for note in loaded.notes:
        severity = warning if note.startswith(_DOUBTFUL) else error
        yield severity(key, *_mended(note))


def _mended(text: str) -> tuple[str, str]:
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


def check_routes(configuration: Configuration) -> Iterator[Finding]:
    """Whether there is anything to answer and anybody to answer to."""
    if not configuration.routes:
        yield warning("routes", "there are none, so every mailbox is unknown", "add a [[routes]]")
    if not configuration.callers:
        yield warning("callers", "there are none, so nobody may ask", "add a [[callers]]")


def check_callers(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every caller: its password, its loop guard, and whether what it may ask about has a route."""
    for number, caller in enumerate(configuration.callers, 1):
        key = f"callers[{number}]"
        text, found = read(f"{key}.basic.password", caller.basic.password, directory)
        yield from found
        if not found and not is_hash(text):
            yield error(f"{key}.basic.password", "is not a hash", "store what `busyline hash-password` prints")
        if not caller.never_via:
            yield warning(
                f"{key}.never_via",
                f'nothing keeps a question of "{caller.name}" from going in circles',
                "name the connectors of its own people",
            )
        yield from _may_ask(f"{key}.may_ask", caller, configuration)


def _may_ask(key: str, caller: CallerSettings, configuration: Configuration) -> Iterator[Finding]:
    for pattern in caller.may_ask:
        via = {route.via for route in configuration.routes if meets(pattern, route.match)}
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
