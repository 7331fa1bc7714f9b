"""Under which other spellings and addresses a mailbox may be asked about, so that a rule that narrows fits them all.

Two addresses are alike here where some calendar system may take them for one: without regard to case, width and marks
of letters, to what follows a ``+``, and to dots too many; and where routes rewrite both to one address. All of that is
for narrowing alone: it may take two people for one, which shows less of them, never more.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from protocols.model.invisible import is_invisible, is_mark
from protocols.model.mailbox import Mailbox, canonical
from routing.patterns import canonical_pattern
from routing.table import Route, RouteTable, applied, rewritten

_LOCAL, _DOMAIN = "0l0", "0d0.0d0"  # stand for a placeholder where a template is read; no longer than what is checked


def folded(address: str) -> str:
    """``address`` with its local part without case, width, and marks: ``josé@`` and ``jose@`` are one."""
    local, _, domain = address.rpartition("@")
    if local.isascii():
        return f"{local.lower()}@{domain}"
    for _ in range(2):  # what casefold takes apart is put together again
        apart = unicodedata.normalize("NFKD", local).casefold()
        local = "".join(c for c in unicodedata.normalize("NFKD", apart) if not (is_mark(c) or is_invisible(c)))
    return f"{unicodedata.normalize('NFKC', local)}@{domain}"


def key(address: str) -> str:
    """What addresses that are alike share: folded, without ``+tag`` and without dots too many."""
    local, _, domain = folded(address).rpartition("@")
    base = local.partition("+")[0] or local
    return f"{'.'.join(part for part in base.split('.') if part) or base}@{domain}"


def known_as(mailbox: Mailbox, route: Route | None) -> tuple[str, ...]:
    """The addresses under which the route's connectors know the mailbox; its own where a template makes none."""
    if route is None or route.rewrite is None:
        return (mailbox.address,)
    return tuple(dict.fromkeys(_known_to(via, mailbox, route) for via in route.via))


def _known_to(via: str, mailbox: Mailbox, route: Route) -> str:
    try:
        return rewritten(mailbox, route, via).address
    except ValueError:
        return mailbox.address  # federation answers such a one without asking


def _made(template: str, mailbox: Mailbox) -> str:
    try:
        return applied(template, mailbox).address
    except ValueError:
        return mailbox.address


@dataclass(frozen=True, slots=True)
class _Way:
    """A route read backwards: which addresses it leads to, and the domain of those that it leads from."""

    leads_to: re.Pattern[str]
    domain: str

    def origins(self, known: str, patterns: Iterable[str]) -> Iterator[str]:
        """Domains and ``*.domains`` that lead to ``known``: of a wildcard those that are among ``patterns``, too."""
        if (match := self.leads_to.fullmatch(known)) is None:
            return
        below = self.domain[1:]
        if not self.domain.startswith("*."):
            yield self.domain
        elif (named := match.groupdict().get("domain")) is not None:
            yield from [named] if named.endswith(below) else []
        else:
            yield self.domain
            yield from (pattern for pattern in patterns if "@" not in pattern and pattern.endswith(below))


class Alike:
    """Which addresses and domains are alike by the routes of ``table``; ``patterns``: those of the rules, canonical."""

    __slots__ = ("_moving", "_origins", "_patterns", "_table", "_ways")

    def __init__(self, table: RouteTable, patterns: Iterable[str]) -> None:
        self._table = table
        self._moving = any(route.beside for route in table.routes)
        self._patterns = frozenset(patterns)
        self._origins: dict[str, set[str]] = {}  # of routes of one address each, of which there may be thousands
        self._ways: dict[str, list[_Way]] = {}  # by the domain that they lead to; "": any
        for route in table.routes:
            match = canonical_pattern(route.match)
            if route.rewrite is None and not route.beside:
                continue
            if "@" not in match:
                for domain, way in _backwards(route):
                    self._ways.setdefault(domain, []).append(way)
                continue
            for known in self._known(Mailbox.parse(match)):
                for spelling in (folded(known), key(known)):
                    self._origins.setdefault(spelling, set()).add(match.rpartition("@")[2])

    def keys_of_rule(self, address: str) -> frozenset[str]:
        """Under which keys a rule about ``address`` is found: its own, and that of what its route makes of it."""
        mailbox = Mailbox.parse(address)
        route = self._table.find(mailbox)
        known = self._known(mailbox)
        found = {key(address), *map(key, self._table.aliases.others(mailbox)), *map(folded, known)}
        if route is None or not any(map(_tags_people, (*route.templates, *route.beside))):
            found.update(map(key, known))
        return frozenset(found)

    def keys_of(self, mailbox: Mailbox) -> frozenset[str]:
        """Under which keys the rules about addresses that narrow ``mailbox`` are found."""
        known = self._known(mailbox)
        named = (mailbox.address, *self._table.aliases.others(mailbox))
        return frozenset({*map(key, named), *map(folded, known), *map(key, known)})

    def domains_of(self, mailbox: Mailbox) -> frozenset[str]:
        """The domains, and ``*.domains``, whose rules narrow ``mailbox``."""
        found = {mailbox.domain, *(each.rpartition("@")[2] for each in self._table.aliases.others(mailbox))}
        for known in {*self._known(mailbox), *((mailbox.address,) if self._moving else ())}:
            found |= self._domains_leading_to(known)
        return frozenset(found)

    def _known(self, mailbox: Mailbox) -> tuple[str, ...]:
        """By which addresses connectors know the mailbox, also those that it may have moved to."""
        real, route = self._table.resolve(mailbox)
        known = known_as(real, route)
        if route is None or not route.beside:
            return known
        there = [Mailbox.parse(_made(template, real)) for template in route.beside]
        beyond = (each for moved in there for each in (moved.address, *known_as(*self._table.resolve(moved))))
        return tuple(dict.fromkeys((*known, *beyond)))

    def _domains_leading_to(self, known: str) -> set[str]:
        domain = known.rpartition("@")[2]
        found = {domain}
        for spelling in {folded(known), key(known)}:
            found |= self._origins.get(spelling, set())
            for way in (*self._ways.get(domain, ()), *self._ways.get("", ())):
                found.update(way.origins(spelling, self._patterns))
        return found


@lru_cache(maxsize=4096)
def _backwards(route: Route) -> tuple[tuple[str, _Way], ...]:
    match = canonical_pattern(route.match)
    written = dict.fromkeys(template for template in (*route.templates, *route.beside) if template is not None)
    return tuple(way for template in written for way in _ways_back(template, match))


def _ways_back(written: str, match: str) -> Iterator[tuple[str, _Way]]:
    template = _folded_template(written)
    domain = template.rpartition("@")[2]
    fixed = "" if _LOCAL in domain or _DOMAIN in domain else domain
    for one in {template, template if _tags_people(written) else key(template)}:
        yield fixed, _Way(_expression(one), match)


def _expression(template: str) -> re.Pattern[str]:
    pattern, domain = re.escape(template).replace(re.escape(_LOCAL), ".+"), re.escape(_DOMAIN)
    return re.compile(pattern.replace(domain, "(?P<domain>.+)", 1).replace(domain, "(?P=domain)"))


def _folded_template(written: str) -> str:
    return folded(canonical(written.format(local=_LOCAL, domain=_DOMAIN)))


def _tags_people(written: str | None) -> bool:
    """Whether the template puts the person behind a ``+``, so that all of the route would be one without it."""
    if written is None:
        return False
    template = _folded_template(written)
    return _LOCAL in template.rpartition("@")[0] and _LOCAL not in key(template)
