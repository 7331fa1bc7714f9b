"""All addresses under which whoever is asked about may be known: asked, real, rewritten, moved to, and back again.

For rules that narrow, and for rooms: too many names show less, one too few shows what must not be seen.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from protocols.model.invisible import is_invisible, is_mark
from protocols.model.mailbox import Mailbox, canonical
from routing.patterns import canonical_pattern
from routing.table import Route, RouteTable, applied

_LOCAL, _DOMAIN = "0l0", "0d0.0d0"  # stand for a placeholder where a template is read; no longer than what is checked
_MOST: Final = 100  # names of one mailbox: routes that lead to one another without end are cut off there


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


@dataclass(frozen=True, slots=True)
class Back:
    """A template read backwards: which addresses it leads to, and whom of the domain (or ``*.domain``) they were."""

    leads_to: re.Pattern[str]
    domain: str

    def origin(self, known: str) -> str | None:
        """The address that becomes ``known``, which is folded; None where none does, or nobody can tell which."""
        if (match := self.leads_to.fullmatch(known)) is None:
            return None
        parts = match.groupdict()
        domain = self.domain
        if domain.startswith("*."):
            domain = parts.get("domain") or ""
            if not domain.endswith(self.domain[1:]):
                return None
        return f"{parts['local']}@{domain}" if parts.get("local") else None


class Names:
    """The names of everybody by the routes and aliases of ``table``."""

    __slots__ = ("_back", "_rooms", "_single", "_table")

    def __init__(self, table: RouteTable) -> None:
        self._table = table
        self._rooms = any(route.rooms for route in table.routes)
        self._back: dict[str, list[Back]] = {}  # by the domain that templates lead to; "": any
        self._single: dict[str, set[str]] = {}  # of routes of one address each, of which there may be thousands
        for route in table.routes:
            match = canonical_pattern(route.match)
            if "@" not in match:
                for domain, back in backwards(route):
                    self._back.setdefault(domain, []).append(back)
            elif route.rewrite is not None or route.beside:
                for known, tagged in _rewritten(Mailbox.parse(match), route):
                    for spelling in _spellings(known, tagged):
                        self._single.setdefault(spelling, set()).add(match)

    def of(self, mailbox: Mailbox) -> Mapping[str, bool]:
        """All names, the mailbox's own among them; True for those that put the person behind a ``+``.

        Of these the part before the ``+`` tells nobody apart.
        """
        found = {mailbox.address: False}
        left = [mailbox]
        while left and len(found) < _MOST:
            one = left.pop()
            for address, tagged in self._next(one, found[one.address]):
                if address not in found:
                    found[address] = tagged or found[one.address]
                    left.append(Mailbox(address, address))
        return found

    def is_room(self, mailbox: Mailbox) -> bool:
        """Whether a route of any of the names is one of rooms."""
        if not self._rooms:
            return False
        routes = (self._table.find(Mailbox(name, name)) for name in self.of(mailbox))
        return any(route.rooms for route in routes if route is not None)

    def _next(self, mailbox: Mailbox, tagged: bool) -> Iterator[tuple[str, bool]]:
        """Names one step away."""
        for other in self._table.aliases.others(mailbox):
            yield other, False
        real, route = self._table.resolve(mailbox)
        if route is not None:
            yield from _rewritten(real, route)
        for spelling in _spellings(mailbox.address, tagged):
            for origin in self._single.get(spelling, ()):
                yield origin, False
            for back in (*self._back.get(mailbox.domain, ()), *self._back.get("", ())):
                if (before := _address(back.origin(spelling))) is not None:
                    yield before, False


def _spellings(address: str, tagged: bool) -> frozenset[str]:
    return frozenset({folded(address)} if tagged else {folded(address), key(address)})


def known_as(mailbox: Mailbox, route: Route) -> tuple[str, ...]:
    """The addresses under which the route's connectors know the mailbox; its own where no template makes one."""
    return tuple(dict.fromkeys(_made(template, mailbox) for template in route.templates))


def _made(template: str | None, mailbox: Mailbox) -> str:
    try:
        return mailbox.address if template is None else applied(template, mailbox).address
    except ValueError:
        return mailbox.address  # federation answers such a one without asking


def _rewritten(mailbox: Mailbox, route: Route) -> Iterator[tuple[str, bool]]:
    """What the route's templates make of the mailbox; whether they put it behind a ``+``."""
    for template in dict.fromkeys((*route.templates, *route.beside)):
        if template is not None:
            try:
                yield applied(template, mailbox).address, tags_people(template)
            except ValueError:
                continue  # federation answers such a one without asking


def _address(text: str | None) -> str | None:
    try:
        return None if text is None else canonical(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def backwards(route: Route) -> tuple[tuple[str, Back], ...]:
    """The route's templates read backwards, each with the domain that it leads to, "" where that is not fixed."""
    match = canonical_pattern(route.match)
    written = dict.fromkeys(template for template in (*route.templates, *route.beside) if template is not None)
    return tuple(back for template in written for back in _read_back(template, match))


def _read_back(written: str, match: str) -> Iterator[tuple[str, Back]]:
    template = _folded_template(written)
    domain = template.rpartition("@")[2]
    fixed = "" if _LOCAL in domain or _DOMAIN in domain else domain
    for one in {template, template if tags_people(written) else key(template)}:
        yield fixed, Back(_expression(one), match)


def _expression(template: str) -> re.Pattern[str]:
    text = re.escape(template)
    for name, stands in (("local", re.escape(_LOCAL)), ("domain", re.escape(_DOMAIN))):
        text = text.replace(stands, f"(?P<{name}>.+)", 1).replace(stands, f"(?P={name})")
    return re.compile(text)


def _folded_template(written: str) -> str:
    return folded(canonical(written.format(local=_LOCAL, domain=_DOMAIN)))


def tags_people(written: str) -> bool:
    """Whether the template puts the person behind a ``+``, so that all of the route would be one without it."""
    template = _folded_template(written)
    return _LOCAL in template.rpartition("@")[0] and _LOCAL not in key(template)
