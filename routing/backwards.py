"""Routes read backwards: under which address callers ask for somebody whom a connector knows by another."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from protocols.model.mailbox import Mailbox
from routing.patterns import canonical_pattern
from routing.table import Route, RouteTable, rewritten

_KEPT: Final = 65_536
_LOCAL, _DOMAIN = "0l0", "0d0.0d0"  # stand for a placeholder while a template is read


class _Way(NamedTuple):
    """One template of a domain's route: what it makes of an address, and where that address may have been."""

    made: re.Pattern[str]
    match: str

    def origin(self, known: str) -> str | None:
        """The address that the template made ``known`` of; None where it did not, or where it cannot be told."""
        found = self.made.fullmatch(known)
        if found is None:
            return None
        parts = found.groupdict()
        domain = parts.get("domain") if self.match.startswith("*.") else self.match
        return f"{parts['local']}@{domain}" if domain and "local" in parts else None


class Backwards:
    """The way back by the routes and the aliases of ``table``."""

    __slots__ = ("_asked", "_single", "_table", "_ways")

    def __init__(self, table: RouteTable) -> None:
        self._table = table
        self._single: dict[tuple[str, str], list[str]] = {}
        self._ways: dict[str, list[_Way]] = {}
        for route in table.routes:
            if route.rewrite is not None:
                self._read(route)
        self._asked = lru_cache(maxsize=_KEPT)(self._found)

    def asked(self, via: str, known: Mailbox) -> tuple[Mailbox, ...]:
        """The addresses under which callers reach ``known``, which is how the connector ``via`` knows it.

        The likeliest first: what routes lead here from, then its real name, and last ``known`` itself.
        """
        return self._asked(via, known.address)

    def _found(self, via: str, known: str) -> tuple[Mailbox, ...]:
        here = Mailbox(known, known)
        found = {mailbox.address: mailbox for mailbox in self._origins(via, known)}
        real = self._table.aliases.real(here)
        found.setdefault(real.address, Mailbox(real.address, real.address))
        found.setdefault(known, here)
        return tuple(found.values())

    def _origins(self, via: str, known: str) -> Iterator[Mailbox]:
        """What the routes make ``known`` of, each proved by going forwards again."""
        written = [*self._single.get((via, known), ()), *(way.origin(known) for way in self._ways.get(via, ()))]
        for address in written:
            try:
                mailbox, route = self._table.resolve(Mailbox.parse(address or ""))
                if route is not None and via in route.via and rewritten(mailbox, route, via).address == known:
                    yield Mailbox(mailbox.address, mailbox.address)
            except ValueError:
                continue

    def _read(self, route: Route) -> None:
        match = canonical_pattern(route.match)
        for via in route.via:
            template = route.template(via)
            if template is None:
                continue
            if "@" in match:
                try:
                    known = rewritten(Mailbox.parse(match), route, via).address
                except ValueError:  # nobody gets there forwards either
                    continue
                self._single.setdefault((via, known), []).append(match)
            else:
                self._ways.setdefault(via, []).append(_Way(_made(template), match))


def _made(template: str) -> re.Pattern[str]:
    """What addresses the template makes, its placeholders as groups."""
    text = Mailbox.parse(template.format(local=_LOCAL, domain=_DOMAIN)).address
    pattern = re.escape(text)
    for stand_in, name in ((_LOCAL, "local"), (_DOMAIN, "domain")):
        pattern = pattern.replace(re.escape(stand_in), f"(?P<{name}>.+)", 1).replace(
            re.escape(stand_in), f"(?P={name})"
        )
    return re.compile(pattern)
