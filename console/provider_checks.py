"""Checks the connectors for in-house systems and for Google's service for Exchange: secrets, and where these may go."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, warning
from console.secret_checks import read
from proxy.settings.connectors import InteropConnector, ProviderConnector
from proxy.settings.connectors.provider import ProviderBearerAuth
from service.reach import is_loopback, is_written_out

_GOOGLE = "google.com"
_INSIDE = (".local", ".internal", ".intranet", ".lan", ".corp", ".home.arpa")


def check_provider(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every connector of ``http`` and ``google-interop``, in the order of the file; nobody is asked."""
    for name, connector in configuration.connectors.items():
        section = f"connectors.{name}"
        if isinstance(connector, ProviderConnector):
            yield from _provider(section, connector, directory)
        elif isinstance(connector, InteropConnector):
            yield from _interop(section, connector, directory)


def _provider(section: str, connector: ProviderConnector, directory: Path) -> Iterator[Finding]:
    host = urlsplit(connector.url).hostname or ""
    auth = connector.auth
    if auth is None and not is_loopback(host):
        what = "Busyline proves nothing there, so whoever reaches it may ask it about everybody"
        yield warning(f"{section}.auth", what, 'write auth = { kind = "bearer", token = "env:…" } and have it checked')
    elif isinstance(auth, ProviderBearerAuth):
        yield from read(f"{section}.auth.token", auth.token, directory)[1]
    elif auth is not None:
        yield from read(f"{section}.auth.password", auth.password, directory)[1]
    if connector.private_network and is_written_out(host):
        what = f"{host} is written out, so private_network changes nothing"
        yield warning(f"{section}.private_network", what, "remove it, or write the name of the server")
    inside = not is_written_out(host) and ("." not in host or host.endswith(_INSIDE))
    if inside and not connector.private_network:
        what = f"{host} looks like a name inside your network, whose addresses are refused"
        yield warning(f"{section}.url", what, "write private_network = true if the server is there")


def _interop(section: str, connector: InteropConnector, directory: Path) -> Iterator[Finding]:
    yield from read(f"{section}.password", connector.password, directory)[1]
    start = urlsplit(connector.autodiscover_url).hostname or ""
    places = {f"{section}.autodiscover_url": [start], f"{section}.hosts": connector.hosts}
    for key, hosts in places.items():
        for host in hosts:
            if not _is_googles(host) and not is_loopback(host):
                what = f"{host} is not Google's, and the role account's secret may go there"
                yield warning(key, what, "write it only where something of yours stands between you and Google")


def _is_googles(host: str) -> bool:
    return host == _GOOGLE or host.endswith(f".{_GOOGLE}")
