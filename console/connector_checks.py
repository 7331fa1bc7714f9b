"""Checks what the connectors name: secrets, keys and private CAs, without asking the other side."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.pem_checks import certificates, check_dates, check_pair
from console.secret_checks import read
from console.sign_in_checks import check_sign_in
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GoogleConnector, GraphConnector
from service.outgoing import NetworkSection
from service.reach import is_written_out
from service.secrets import Secret, SecretError
from service.tokens_google import key_file


def check_connectors(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Every connector, in the order of the file."""
    routed = {via for route in configuration.routes for via in route.via}
    for name, connector in configuration.connectors.items():
        section = f"connectors.{name}"
        yield from _credentials(section, connector, directory, now)
        yield from check_reach(section, connector)
        if connector.ca is not None:
            yield from _ca(f"{section}.ca", directory / connector.ca, now)
        if name not in routed:
            yield warning(section, "no route leads to it", f'add a [[routes]] with via = "{name}", or remove it')


def _credentials(section: str, connector: ConnectorSettings, directory: Path, now: datetime) -> Iterator[Finding]:
    if isinstance(connector, EwsConnector):
        yield from check_sign_in(f"{section}.auth", connector, directory, now)
    elif isinstance(connector, GoogleConnector):
        text, found = read(f"{section}.service_account", connector.service_account, directory)
        yield from found or _service_account(f"{section}.service_account", text)
    elif isinstance(connector, GraphConnector):
        if connector.secret is not None:
            yield from read(f"{section}.secret", connector.secret, directory)[1]
        if connector.certificate is not None:
            text, found = read(f"{section}.certificate", connector.certificate, directory)
            pem = text.encode()
            yield from found or check_pair(f"{section}.certificate", pem, pem, now)


_INSIDE = (".local", ".internal", ".intranet", ".lan", ".corp", ".home.arpa")


def check_reach(section: str, connector: NetworkSection) -> Iterator[Finding]:
    """What the name itself tells of where it leads; it is not looked up here."""
    host = urlsplit(getattr(connector, "url", None) or "").hostname or ""
    if connector.private_network and is_written_out(host):
        what = f"{host} is written out, so private_network changes nothing"
        yield warning(f"{section}.private_network", what, "remove it, or write the name of the server")
    inside = host and not is_written_out(host) and ("." not in host or host.endswith(_INSIDE))
    if inside and not connector.private_network:
        what = f"{host} looks like a name inside your network, whose addresses are refused"
        yield warning(f"{section}.url", what, "write private_network = true if the server is there")


def _service_account(key: str, text: str) -> Iterator[Finding]:
    try:
        account = key_file(Secret(text))
    except SecretError as problem:
        what, _, mend = str(problem).partition(": ")
        yield error(key, what, mend)
        return
    try:
        load_pem_private_key(str(account["private_key"]).encode(), password=None)
    except (ValueError, TypeError):
        yield error(key, "its private_key cannot be read", "download the key of the service account again, as JSON")


def _ca(key: str, path: Path, now: datetime) -> Iterator[Finding]:
    try:
        found = certificates(path.read_bytes())
    except OSError as problem:
        yield error(
            key,
            f"{path} cannot be read: {problem.strerror}",
            "put a CA there that Busyline may read, or write another path",
        )
        return
    if not found:
        yield error(key, f"{path} holds no certificate", "put the CA there in PEM form (BEGIN CERTIFICATE)")
    for certificate in found:
        yield from check_dates(key, certificate, now)
