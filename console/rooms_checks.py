"""Checks that rooms are known as rooms, and can be asked: their subjects are the names of those who booked them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from console.configuration import Configuration
from console.findings import Finding, warning
from console.server_checks import meets
from protocols.model.freebusy import Detail
from proxy.settings.callers import CallerSettings
from proxy.settings.connectors import GoogleConnector, InteropConnector
from proxy.settings.routes import RouteSettings

_GOOGLES = "resource.calendar.google.com"  # where Google keeps every room, of whatever domain


def check_rooms(configuration: Configuration) -> Iterator[Finding]:
    """Callers that would see more of rooms than is meant, then Google connectors that see nothing of them."""
    for number, caller in enumerate(configuration.callers, 1):
        if caller.sees is Detail.DETAILS and caller.rooms_see is Detail.BUSY:
            unnamed = [route.match for route in configuration.routes if _shows_rooms(configuration, caller, route)]
            if unnamed:
                yield warning(
                    f"callers[{number}].sees",
                    f"rooms' subjects are organisers' names, and [rooms] match names no room of {', '.join(unnamed)}",
                    "list them in [rooms] match",
                )
    for number, route in enumerate(configuration.routes, 1):
        for via in route.via if _is_for_rooms(route) else ():
            connector = configuration.connectors[via]
            if isinstance(connector, GoogleConnector) and connector.subject == "target":
                yield warning(
                    f"connectors.{via}.subject",
                    f'nobody can act as a room, and routes[{number}] leads rooms here: with "target" they stay unknown',
                    "write the address of a person who sees the rooms, if need be in a connector of their own",
                )


def _shows_rooms(configuration: Configuration, caller: CallerSettings, route: RouteSettings) -> bool:
    """Whether rooms of this route would be shown to the caller as people are."""
    asked_of = [configuration.connectors[via] for via in route.via if via not in caller.never_via]
    if route.rooms or "@" in route.match or not asked_of:
        return False
    only_google = all(isinstance(connector, GoogleConnector | InteropConnector) for connector in asked_of)
    if only_google and not _is_for_rooms(route):
        return False
    asked = any(meets(pattern, route.match) for pattern in caller.may_ask)
    return asked and not _names_one(configuration.rooms.match, route)


def _names_one(globs: tuple[str, ...], route: RouteSettings) -> bool:
    """Whether an address with the route's domain, asked or rewritten, may fit one of the patterns."""
    templates = route.rewrite.values() if isinstance(route.rewrite, dict) else [route.rewrite or ""]
    known = [template.replace("{domain}", route.match).rpartition("@")[2] for template in templates]
    domains = {route.match, *filter(None, known)}
    wanted = [glob.rpartition("@")[2] for glob in globs]
    return any(fnmatchcase(one, other) or fnmatchcase(other, one) for one in domains for other in wanted)


def _is_for_rooms(route: RouteSettings) -> bool:
    return route.rooms or meets(_GOOGLES, route.match)
