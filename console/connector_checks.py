"""Checks what the connectors name: secrets, keys and private CAs, without asking the other side."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.pem_checks import certificates, check_dates, check_pair
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GoogleConnector, GraphConnector
from service.secrets import Reference, Secret, SecretError, resolve
from service.tokens_google import key_file


def check_connectors(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Every connector, in the order of the file."""
    routed = {route.via for route in configuration.routes}
    for name, connector in configuration.connectors.items():
        section = f"connectors.{name}"
        yield from _credentials(section, connector, directory, now)
        if connector.ca is not None:
            yield from _ca(f"{section}.ca", directory / connector.ca, now)
        if name not in routed:
            yield warning(section, "no route leads to it", f'add a [[routes]] with via = "{name}", or remove it')


def _credentials(section: str, connector: ConnectorSettings, directory: Path, now: datetime) -> Iterator[Finding]:
    if isinstance(connector, EwsConnector):
        yield from read(f"{section}.auth.password", connector.auth.password, directory)[1]
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


def read(key: str, reference: Reference, directory: Path) -> tuple[str, list[Finding]]:
    """The secret's text, or what is wrong with where it lies."""
    try:
        return resolve(reference, directory).reveal(), []
    except SecretError as problem:
        return "", [error(key, str(problem), _mend(reference, str(problem)))]


def _mend(reference: Reference, problem: str) -> str:
    if reference.kind == "env":
        return "set it before Busyline starts"
    if "cannot be read" in problem:
        return "write the path of a file that Busyline may read"
    if "UTF-8" in problem:
        return "save it again as UTF-8"
    return "put the secret there, or write another path"


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
