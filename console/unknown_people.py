"""Which calendar systems tell of somebody who is not there in other words, so that nobody can go on without them."""

from collections.abc import Iterator

from console.configuration import Configuration
from console.findings import Finding, note, warning
from proxy.settings.connectors import CaldavConnector, ConnectorSettings, InteropConnector
from proxy.settings.moves import ASK, MoveSettings


def check_first(configuration: Configuration) -> Iterator[Finding]:
    """Routes whose ``combine = "first"`` may never come to the next system."""
    for number, route in enumerate(configuration.routes, 1):
        for name, following in zip(route.via, route.via[1:], strict=False) if route.combine == "first" else ():
            so = f"{following} is never asked about those whom {name} does not know"
            yield from _told(f"routes[{number}].via", name, configuration, so, f"put {name} last, or write union")


def check_left(configuration: Configuration) -> Iterator[Finding]:
    """Moves that are in doubt where one side does not know a person yet, or any more."""
    for number, move in enumerate(configuration.moves, 1):
        for key, name, so, mend in _sides(move):
            yield from _told(f"moves[{number}].{key}", name, configuration, so, mend)


def _sides(move: MoveSettings) -> Iterator[tuple[str, str, str, str]]:
    """Key, connector, what follows and what to do, of each side that may be asked about people who are not there."""
    if move.people == ASK:
        so = "whoever is only at the other side stays in doubt"
        yield "from", move.source, so, "name a list in people"
        yield "to", move.target, so, "name a list in people"
    else:
        so = "whoever is gone there stays in doubt until joined_after is over"
        yield "from", move.source, so, "keep their accounts there for so long"
        so = "whoever is not there yet is in doubt from joined_before on"
        yield "to", move.target, so, "make their accounts there before"


def _told(key: str, name: str, configuration: Configuration, so: str, mend: str) -> Iterator[Finding]:
    if (words := _always(configuration.connectors[name])) is not None:
        yield warning(key, f"{name} ({words}): {so}", mend)
    elif (words := _perhaps(configuration.connectors[name])) is not None:
        yield note(key, f"{name} ({words}): where that is so, {so}", f"try it with `busyline explain`, or {mend}")


def _always(connector: ConnectorSettings) -> str | None:
    if isinstance(connector, InteropConnector):
        return 'google-interop tells of somebody who is not there as "no access"'
    return None


def _perhaps(connector: ConnectorSettings) -> str | None:
    if isinstance(connector, CaldavConnector) and connector.strategy in {"auto", "outbox"}:
        return "the outbox of some CalDAV servers, such as Cyrus, tells of somebody who is not there as a failure"
    return None
