"""Checks of [[pairs]]: connectors and rights that a pair needs, and what would come of it unasked."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.writable_checks import check_writable
from galsync.settings import PairSettings
from galsync.settings.clouds import ExchangeOnlineDirectory
from galsync.settings.directories import DirectorySettings


def check_pairs(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """In the order of the file; nobody is asked."""
    for number, pair in enumerate(configuration.pairs, 1):
        key = f"pairs[{number}]"
        yield from _connectors(key, pair, configuration)
        yield from _tenants(key, pair, configuration)
        if pair.accounts is not None and pair.accounts.enabled:
            what = "accounts are made that may sign in before anybody has moved"
            yield warning(f"{key}.accounts.enabled", what, "write enabled = false, and enable them when people move")
        if pair.users is not None:
            yield from check_writable(f"{key}.users", (directory / pair.users).parent)


def _connectors(key: str, pair: PairSettings, configuration: Configuration) -> Iterator[Finding]:
    known = ", ".join(sorted(configuration.connectors)) or "none"
    for name, end in zip(("source", "destination"), pair.ends, strict=True):
        if end.connector is None:
            continue
        connector = configuration.connectors.get(end.connector)
        if connector is None:
            what = f"no connector is called {end.connector}; there are {known}"
            yield error(f"{key}.{name}.connector", what, "write one of them, or [connectors.…]")


def _tenants(key: str, pair: PairSettings, configuration: Configuration) -> Iterator[Finding]:
    """Directory and Exchange of one end are one tenant's, or contacts would go to the wrong one."""
    tenants = [_tenant(configuration.directories[end.directory]) for end in pair.ends]
    if tenants[0] == tenants[1]:
        what = f"both directories are of the tenant {tenants[0]}"
        yield error(f"{key}.destination.directory", what, "name the directory of the other tenant")
    for name, end, tenant in zip(("source", "destination"), pair.ends, tenants, strict=True):
        exchange = configuration.directories[end.exchange]
        if not isinstance(exchange, ExchangeOnlineDirectory):
            what = f"what {end.exchange} is to do is laid down as scripts, which somebody has to run"
            yield note(f"{key}.{name}.exchange", what, "docs/guides/tenant-pairs.md tells in which order")
        elif _tenant(exchange) != tenant:
            what = f"{end.exchange} is of the tenant {_tenant(exchange)}, and {end.directory} of {tenant}"
            yield warning(f"{key}.{name}.exchange", what, "write the same tenant in both, in the same words")


def _tenant(settings: DirectorySettings) -> str:
    return str(getattr(settings, "tenant", "")).lower()
