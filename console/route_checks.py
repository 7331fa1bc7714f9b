"""Checks the routes and aliases: whether they lead anywhere, to one calendar or several, and not back to us."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, error, warning
from proxy.list_files import ListFileError
from proxy.routes import table_of, ways_of
from routing.table import RouteTable


def check_routes(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Whether there is anything to answer and anybody to answer to, then what is wrong with routes and aliases."""
    if not configuration.routes:
        yield warning("routes", "there are none, so every mailbox is unknown", "add a [[routes]]")
    if not configuration.callers:
        yield warning("callers", "there are none, so nobody may ask", "add a [[callers]]")
    yield from _several(configuration)
    yield from _aliases(configuration, directory)
    yield from _circles(configuration)


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
    try:
        ways_of(configuration, directory)
    except ListFileError as problem:
        for line in str(problem).splitlines():
            what, _, mend = line.rpartition(": ")
            yield error("aliases", what, mend)


def _circles(configuration: Configuration) -> Iterator[Finding]:
    """A connector that is this Busyline itself: every question would come back."""
    own = urlsplit(configuration.server.public_url)
    for name, connector in configuration.connectors.items():
        for key in ("url", "api_url", "graph_url"):
            there = urlsplit(getattr(connector, key, None) or "")
            if there.hostname == own.hostname and (there.port or 443) == (own.port or 443):
                what = f"{there.hostname} is Busyline itself (server.public_url): every question would come back"
                yield error(f"connectors.{name}.{key}", what, "write the address of the calendar system")
