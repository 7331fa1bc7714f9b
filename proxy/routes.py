"""Makes the routes and aliases of the settings into the ways that questions go."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from protocols.model.mailbox import Mailbox
from proxy.alias_files import addresses_of
from proxy.list_files import ListFileError
from proxy.moves.opening import with_other_side
from proxy.settings import ProxySettings
from proxy.settings.routes import AliasSettings, RouteSettings
from proxy.settings.words import ALIAS
from routing.aliases import Aliases
from routing.patterns import Patterns
from routing.table import Combine, Route, RouteTable
from routing.ways import Ways

_TO_DOMAIN: Final = "{{local}}@{}"


def ways_of(settings: ProxySettings, directory: Path) -> Ways:
    """The ways, files relative to ``directory``. Raises ListFileError in words, for all that is wrong with aliases."""
    domains, addresses = _written(settings.aliases, directory)
    try:
        aliases = Aliases(domains, addresses)
    except ValueError as error:
        raise ListFileError(f"[[aliases]]: {error}") from None
    table = table_of(settings.routes, domains, addresses)
    return Ways(RouteTable(with_other_side(table.routes, settings.moves), aliases))


def table_of(
    routes: Sequence[RouteSettings],
    domains: Mapping[str, str] | None = None,
    addresses: Mapping[str, str] | None = None,
) -> RouteTable:
    """The routes, ``{alias}`` replaced by what it stands for: ``domains`` and ``addresses`` are real names by alias."""
    alias_of = {real: _TO_DOMAIN.format(alias) for alias, real in (domains or {}).items()}
    plain = [_route(route, alias_of.get(route.match.rpartition("@")[2])) for route in routes]
    return RouteTable([*plain, *_of_single_addresses(routes, addresses or {})])


def _of_single_addresses(routes: Sequence[RouteSettings], addresses: Mapping[str, str]) -> Iterator[Route]:
    """A route for each real address whose connector knows it by its alias."""
    written = Patterns({route.match: route for route in routes if addresses})
    own = {route.match for route in routes}
    for alias, real in addresses.items():
        route = written.find(Mailbox.parse(real))
        if route is not None and real not in own and ALIAS in _templates(route).values():
            own.add(real)
            yield _route(route, alias, match=real)


def _route(route: RouteSettings, alias: str | None, *, match: str = "") -> Route:
    """``{alias}`` is ``alias``; where there is none, the connector knows the address asked."""
    known = {via: alias if template == ALIAS else template for via, template in _templates(route).items()}
    rewrite = {via: template for via, template in known.items() if template is not None}
    combine = Combine(route.combine or "union")
    return Route(match=match or route.match, via=route.via, combine=combine, rewrite=rewrite or None, rooms=route.rooms)


def _templates(route: RouteSettings) -> dict[str, str]:
    if isinstance(route.rewrite, dict):
        return route.rewrite
    return dict.fromkeys(route.via, route.rewrite) if route.rewrite else {}


def _written(settings: Sequence[AliasSettings], directory: Path) -> tuple[dict[str, str], dict[str, str]]:
    domains: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for one in settings:
        if one.addresses is not None:
            addresses |= addresses_of(directory / one.addresses)
        elif one.domain is not None and one.of is not None:
            domains[one.domain] = one.of
    return domains, addresses
