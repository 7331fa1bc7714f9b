"""The two sides of a move: which calendar systems they are, and under which addresses each knows people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from protocols.model.mailbox import Mailbox
from routing.stages import Joined
from routing.table import Route, RouteTable, applied, rewritten
from routing.ways import Leg

ALIAS: Final = "{alias}"
"""The template of a side that knows people by their aliases."""
_SOMEBODY: Final = "0l0"  # stands for whoever a template is tried on


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sides:
    """People go from the connector ``source`` to ``target``, which knows them by another address or by the same.

    ``rewrite`` is the template of that address, or ALIAS. Raises ValueError, in words, where that leads back to the
    side that they leave, or to a third one.
    """

    name: str
    source: str
    target: str
    joined: Joined
    table: RouteTable
    rewrite: str | None = None
    _back: re.Pattern[str] | None = field(init=False, repr=False)
    _homes: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.source == self.target:
            raise ValueError(f'from and to are both "{self.source}": write two connectors')
        domains = [route.match for route in self.leaving if "@" not in route.match]
        object.__setattr__(self, "_homes", tuple(domain for domain in domains if not domain.startswith("*.")))
        object.__setattr__(self, "_back", _backwards(self.rewrite or ""))
        for domain in domains:
            sample = Mailbox.parse(f"{_SOMEBODY}@{domain.removeprefix('*.')}")
            if words := self.astray(sample):
                raise ValueError(words.replace(_SOMEBODY, "{local}"))

    @property
    def leaving(self) -> tuple[Route, ...]:
        """The routes of those who may move."""
        return tuple(route for route in self.table.routes if self.source in route.via)

    def leaves(self, mailbox: Mailbox) -> bool:
        """Whether a route leads the mailbox to the side that people leave, and to no third one."""
        route = self.table.find(mailbox)
        return route is not None and self.source in route.via and {*route.via} <= {self.source, self.target}

    def objection(self, mailbox: Mailbox) -> str:
        """Why nobody with this address can move here, in words with a remedy; "" where nothing speaks against it."""
        route = self.table.find(mailbox)
        if route is None:
            return f"no route leads {mailbox} anywhere: write one under [[routes]], or remove the line"
        if not {self.source, self.target} & {*route.via}:
            return (
                f"{mailbox} is asked for at {_several(route.via)}, neither at {self.source} nor at {self.target}: "
                "mend the address, or the route"
            )
        if third := sorted({*route.via} - {self.source, self.target}):
            return (
                f"{mailbox} has a calendar at {_several(third)} as well, which a move of two sides would hide: "
                "remove the line, or that calendar from the route"
            )
        return self.astray(mailbox)

    def astray(self, mailbox: Mailbox) -> str:
        """Why whoever has this address would not be found on the other side, in words; "" where nothing is wrong."""
        try:
            there = self.there(mailbox)
        except ValueError:
            return f"rewrite makes no address of {mailbox}: write another template, or remove the line"
        if words := self.nameless(mailbox):
            return words
        real, route = self.table.resolve(there)
        if real == mailbox or route is None or self.target in route.via:
            return ""
        if self.source in route.via:
            where = f"back to {self.source}, in a circle"
        else:
            where = f"to {_several(route.via)} and not to {self.target}"
        return f"{mailbox} would be {there} at {self.target}, which [[routes]] lead {where}: mend rewrite, or the route"

    def nameless(self, mailbox: Mailbox) -> str:
        """Why one of the sides cannot be asked about whoever has this address, in words; "" where both can."""
        for leg in (self.left, self.new):
            try:
                leg(mailbox)
            except ValueError:
                return f"the rewrite of [[routes]] makes no address of {mailbox}: shorten it there, or remove the line"
        return ""

    def there(self, mailbox: Mailbox) -> Mailbox:
        """The mailbox by the address that is asked for on the other side. Raises ValueError where there is none."""
        if self.rewrite is None:
            return mailbox
        return self.table.aliases.alias(mailbox) if self.rewrite == ALIAS else applied(self.rewrite, mailbox)

    def origins(self, mailbox: Mailbox) -> tuple[Mailbox, ...]:
        """The mailbox by its address on the side that is left, or by all that it may have there; never empty.

        An address that a route leads there, or that ``rewrite`` never makes, is taken as it is.
        """
        route = self.table.find(mailbox)
        if self._back is None or (route is not None and self.source in route.via):
            return (mailbox,)
        if (match := self._back.fullmatch(mailbox.address)) is None or not self._homes:
            return (mailbox,)
        return tuple(Mailbox(f"{match['local']}@{home}", mailbox.asked) for home in self._homes)

    def left(self, mailbox: Mailbox) -> Leg:
        """The way to the side that is left. Raises ValueError where a template makes no address."""
        return Leg(self.source, self._known(mailbox, self.source))

    def new(self, mailbox: Mailbox) -> Leg:
        """The way to the other side. Raises ValueError where a template makes no address."""
        return Leg(self.target, self._known(self.there(mailbox), self.target))

    def _known(self, mailbox: Mailbox, via: str) -> Mailbox:
        real, route = self.table.resolve(mailbox)
        return mailbox if route is None or via not in route.via else rewritten(real, route, via)


def _several(names: Iterable[str]) -> str:
    return " and ".join(names)


def _backwards(template: str) -> re.Pattern[str] | None:
    """What reads the template backwards; None where that tells no local part, or leaves the domain open."""
    before, placeholder, behind = template.partition("{local}")
    if not placeholder or "{" in before + behind or "@" in before:
        return None
    return re.compile(f"{re.escape(before.lower())}(?P<local>[^@]+){re.escape(behind.lower())}")
