"""Checks that whoever comes into an address book can also be asked when they are free: their domain has a route."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from console.configuration import Configuration
from console.findings import Finding, warning
from console.route_checks import routes_of
from galsync.settings import SyncSettings
from protocols.model.mailbox import Mailbox
from routing.table import RouteTable

_SOMEBODY: Final = "somebody"


def check_gal_routes(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """The domains of entries as far as the settings tell them, sync by sync; nothing where no free/busy is served."""
    if not configuration.routes:
        return  # which has a check of its own; syncs may also have a process and a file to themselves
    table = routes_of(configuration, directory)
    told: set[str] = set()
    for number, sync in enumerate(configuration.directory_syncs, 1):
        for key, domain in _domains(sync, configuration):
            if domain in told or _routed(domain, table):
                continue
            told.add(domain)
            what = f"people stand in {sync.target} with addresses of {domain}, and no route leads there: nobody sees"
            what += " when they are free"
            yield warning(f"directory_syncs[{number}].{key}", what, _mend(domain, sync, configuration))


def _domains(sync: SyncSettings, configuration: Configuration) -> Iterator[tuple[str, str]]:
    """In which domains the entries are, each with the key that says so; as the settings write them."""
    if sync.external is not None:
        domain = sync.external.rpartition("@")[2].strip()
        if domain and not {*"{}"} & {*domain}:
            yield "external", domain.lower()
            return
        if not sync.external.strip().endswith("@{domain}"):
            return
    for key, domain in _own(sync, configuration):
        yield ("domains", sync.domains[domain]) if domain in sync.domains else (key, domain)
    yield from (("domains", domain) for domain in sync.domains.values())


def _own(sync: SyncSettings, configuration: Configuration) -> Iterator[tuple[str, str]]:
    """The domains of the people's own addresses."""
    if sync.include.domains:
        yield from (("include.domains", domain) for domain in sync.include.domains)
        return
    for name in sync.sources:
        source = configuration.directories[name]
        written = getattr(source, "domains", ()) or filter(None, [getattr(source, "domain", None)])
        yield from (("from", domain) for domain in written if domain not in sync.exclude.domains)


def _routed(domain: str, table: RouteTable) -> bool:
    """Whether somebody there can be asked about; of all below a domain, somebody in any one below it."""
    below = f"{_SOMEBODY}.{domain[2:]}" if domain.startswith("*.") else domain
    return table.find(Mailbox.parse(f"{_SOMEBODY}@{below}")) is not None


def _mend(domain: str, sync: SyncSettings, configuration: Configuration) -> str:
    via = next((name for name in sync.sources if name in configuration.connectors), None)
    connector = f'"{via}"' if via else f"one of {', '.join(configuration.connectors)}"
    return f'add [[routes]] with match = "{domain}" and via = {connector}, or write external = "{{local}}@…"'
