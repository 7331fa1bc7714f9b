"""Checks the routes and aliases: whether they lead anywhere, to one calendar or several, and not back to us."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.unknown_people import check_first
from proxy.list_files import ListFileError
from proxy.routes import table_of, ways_of, written_aliases
from proxy.settings.connectors import ConnectorSettings, IcalConnector
from proxy.url_files import urls_of
from routing.table import RouteTable

_PORTS: Final = {"https": 443, "http": 80}
_URLS: Final = {  # by section
    "": ("url", "api_url", "graph_url", "login_url", "autodiscover_url", "principal", "home", "ifb"),
    "auth": ("login_url",),
    "directory": ("api_url",),
}


def check_routes(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Whether there is anything to answer and anybody to answer to, then what is wrong with routes and aliases."""
    alone = configuration.syncs_alone
    if not configuration.routes and not alone:
        yield warning("routes", "there are none, so every mailbox is unknown", "add a [[routes]]")
    if not configuration.callers and not alone:
        yield warning("callers", "there are none, so nobody may ask", "add a [[callers]]")
    yield from _several(configuration)
    yield from _aliases(configuration, directory)
    yield from check_first(configuration)
    yield from _circles(configuration, directory)


def routes_of(configuration: Configuration, directory: Path) -> RouteTable:
    """The routes, without what aliases make of them where those are wrong."""
    try:
        return ways_of(configuration, directory).table
    except ListFileError:
        return table_of(configuration.routes)


def _several(configuration: Configuration) -> Iterator[Finding]:
    for number, route in enumerate(configuration.routes, 1):
        if route.combine == "first":
            yield warning(
                f"routes[{number}].combine",
                f"where {' and '.join(route.via)} both know somebody only {route.via[0]} is asked: "
                "a stale calendar there would look free",
                "write union, or see that nobody has two calendars; `busyline explain ADDRESS` tells of one person",
            )


def _aliases(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    wrong = written_aliases(configuration.aliases, directory).wrong
    for number, words in wrong:
        what, _, mend = words.removeprefix(f"[[aliases]] number {number}: ").rpartition(": ")
        yield error(f"aliases[{number}]", what, mend)
    routes = routes_of(configuration, directory).routes
    domains = {route.match.rpartition("@")[2].removeprefix("*.") for route in routes}
    for number, alias in enumerate(configuration.aliases, 1):
        if number in dict(wrong) or alias.of is None:
            continue
        if not any(alias.of == each or alias.of.endswith(f".{each}") for each in domains):
            what = f"no route leads to {alias.of}, so nobody of {alias.domain} is found"
            yield warning(f"aliases[{number}].of", what, "write the domain of a [[routes]], or add one for it")


def _circles(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """A connector that is this Busyline itself: every question would come back."""
    own = _place(configuration.server.public_url)
    for name, connector in configuration.connectors.items():
        for key, url in _addresses(connector, directory):
            if (there := _place(url)) is not None and there == own:
                what = f"{there[0]} is Busyline itself (server.public_url): every question would come back"
                yield error(f"connectors.{name}.{key}", what, "write the address of the calendar system")


def _addresses(connector: ConnectorSettings, directory: Path) -> Iterator[tuple[str, str]]:
    """Whatever is fetched for a connector, by the keys under which it is written; of a list one address per host."""
    for section, keys in _URLS.items():
        written = getattr(connector, section, None) if section else connector
        for key in keys:
            if isinstance(url := getattr(written, key, None), str):
                yield f"{section}.{key}".lstrip("."), url
    if isinstance(connector, IcalConnector):
        by_place = {_place(url): url for url in _people(connector, directory).values()}
        yield from (("people", url) for url in by_place.values())


def _people(connector: IcalConnector, directory: Path) -> dict[str, str]:
    if not isinstance(connector.people, Path):
        return connector.people or {}
    try:
        return urls_of(directory / connector.people)
    except ListFileError:
        return {}  # which has a check of its own


def _place(url: str) -> tuple[str, int] | None:
    """Host and port; None of a path, and where they depend on the person."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None
