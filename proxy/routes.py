"""Makes the routes and aliases of the settings into the ways that questions go."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from protocols.model.mailbox import Mailbox
from proxy.alias_files import addresses_of
from proxy.list_files import ListFileError
from proxy.moves.opening import with_other_side
from proxy.settings import ProxySettings
from proxy.settings.routes import AliasSettings, RouteSettings
from routing.aliases import Aliases
from routing.patterns import Patterns
from routing.table import Combine, Route, RouteTable
from routing.ways import Ways
from service.words import ALIAS

_TO_DOMAIN: Final = "{{local}}@{}"


def ways_of(settings: ProxySettings, directory: Path) -> Ways:
    """The ways, files relative to ``directory``. Raises ListFileError in words, for all that is wrong with aliases."""
    written = written_aliases(settings.aliases, directory)
    if written.wrong:
        raise ListFileError("\n".join(words for _, words in written.wrong))
    domains, addresses = written.domains, written.addresses
    aliases = Aliases(domains, addresses)
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


@dataclass(slots=True)
class WrittenAliases:
    """What [[aliases]] say: real names by alias. ``wrong``: the number of an entry, from 1, and what to mend."""

    domains: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def written_aliases(settings: Sequence[AliasSettings], directory: Path) -> WrittenAliases:
    """Every entry; one that leads in a circle with those before it, or contradicts them, is wrong and left out."""
    written = WrittenAliases()
    for number, one in enumerate(settings, 1):
        try:
            domains, addresses = _of_entry(one, directory)
        except ListFileError as error:
            written.wrong += [(number, line) for line in str(error).splitlines()]
            continue
        if words := _objection(written, domains, addresses):
            written.wrong.append((number, f"[[aliases]] number {number}: {words}"))
        else:
            written.domains |= domains
            written.addresses |= addresses
    return written


def _of_entry(one: AliasSettings, directory: Path) -> tuple[dict[str, str], dict[str, str]]:
    if one.addresses is not None:
        return {}, addresses_of(directory / one.addresses)
    return ({one.domain: one.of} if one.domain is not None and one.of is not None else {}), {}


def _objection(written: WrittenAliases, domains: Mapping[str, str], addresses: Mapping[str, str]) -> str:
    """Why the entry cannot stand beside those before it; "" where it can."""
    for before, now in ((written.domains, domains), (written.addresses, addresses)):
        for alias, real in now.items():
            if before.get(alias, real) != real:
                return f"{alias} is an alias of {before[alias]} already: remove one of the two"
    try:
        Aliases({**written.domains, **domains}, {**written.addresses, **addresses})
    except ValueError as error:
        return str(error)
    return ""
