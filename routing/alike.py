"""Under which other spellings and addresses a mailbox may be asked about, so that a rule that narrows fits them all.

Two addresses are alike here where some calendar system may take them for one: without regard to case, width and marks
of letters, to what follows a ``+``, and to dots too many; and where they have a name in common (:mod:`routing.names`).
All of that is for narrowing alone: it may take two people for one, which shows less of them, never more.
"""

from collections.abc import Iterable

from protocols.model.mailbox import Mailbox
from routing.names import Names, backwards, folded, key
from routing.patterns import canonical_pattern
from routing.table import RouteTable

__all__ = ["Alike", "folded", "key"]


class Alike:
    """Which addresses and domains are alike by the routes of ``table``; ``patterns``: those of the rules, canonical."""

    __slots__ = ("_names", "_wide")

    def __init__(self, table: RouteTable, patterns: Iterable[str]) -> None:
        self._names = Names(table)
        below = [pattern for pattern in patterns if "@" not in pattern]
        # Of *.domain whose template does not tell the domain: whoever it leads to may come from any below
        self._wide = [
            (back.leads_to, [match, *(pattern for pattern in below if pattern.endswith(match[1:]))])
            for route in table.routes
            if (match := canonical_pattern(route.match)).startswith("*.")
            for _, back in backwards(route)
            if "domain" not in back.leads_to.groupindex
        ]

    def keys_of_rule(self, address: str) -> frozenset[str]:
        """Under which keys a rule about ``address`` is found: those of all its names."""
        names = self._names.of(Mailbox.parse(address))
        return frozenset({*map(folded, names), *(key(name) for name, tagged in names.items() if not tagged)})

    def keys_of(self, mailbox: Mailbox) -> frozenset[str]:
        """Under which keys the rules about addresses that narrow ``mailbox`` are found."""
        names = self._names.of(mailbox)
        return frozenset({*map(folded, names), *map(key, names)})

    def domains_of(self, mailbox: Mailbox) -> frozenset[str]:
        """The domains, and ``*.domains``, whose rules narrow ``mailbox``."""
        names = self._names.of(mailbox)
        found = {name.rpartition("@")[2] for name in names}
        for leads_to, domains in self._wide:
            if any(leads_to.fullmatch(spelling) for name in names for spelling in {folded(name), key(name)}):
                found.update(domains)
        return frozenset(found)
