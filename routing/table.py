"""Which calendar systems answer for a mailbox, and under which address each of them knows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from protocols.model.mailbox import Mailbox
from routing.aliases import NO_ALIASES, Aliases
from routing.patterns import ANY, Patterns, canonical_pattern


class Combine(Enum):
    """What becomes of several answers about one person.

    UNION: busy anywhere is busy, and what cannot be read leaves doubt. FIRST: the next is asked only where this one
    does not know the mailbox. MOVE: a union of the current side, which comes first, and the one that was left, which
    may know nothing any more. EITHER: a union of sides of which at least one must know the mailbox.
    """

    UNION = "union"
    FIRST = "first"
    MOVE = "move"
    EITHER = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Mailboxes that fit ``match`` (an address, a domain, ``*.domain``) are asked of the connectors named ``via``.

    Several are combined as ``combine`` says. ``rewrite`` is the address that the connectors know, with ``{local}`` and
    ``{domain}`` standing for the parts of the one asked: one template for all, or one for each connector by name.
    ``rooms``: every mailbox of this route is a room. ``beside`` are templates of addresses under which these people are
    known where they move to: nobody is asked there by this route, but rules hold for them. Raises ValueError where a
    pattern or template is none, and where there is no connector or one twice.
    """

    match: str
    via: tuple[str, ...]
    combine: Combine = Combine.UNION
    rewrite: str | Mapping[str, str] | None = None
    rooms: bool = False
    beside: tuple[str, ...] = ()
    only: str = field(init=False, repr=False, compare=False)
    """The one connector, where there is but one and it knows the address asked; "" where it is not so simple."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "only", self.via[0] if len(self.via) == 1 and self.rewrite is None else "")
        if canonical_pattern(self.match) == ANY:
            raise ValueError("a route names an address, a domain or *.domain, not everybody")
        if not self.via or len(set(self.via)) < len(self.via):
            raise ValueError(f"a route leads to one connector or several, each once: {', '.join(self.via)}")
        for template in (*self.templates, *self.beside):
            if template is not None:
                _check_template(template)

    def __hash__(self) -> int:
        return hash((self.match, self.via, self.combine, self.templates, self.rooms, self.beside))

    @property
    def templates(self) -> tuple[str | None, ...]:
        """The template of each connector, in the order of ``via``; None where it knows the address asked."""
        return tuple(self.template(via) for via in self.via)

    def template(self, via: str) -> str | None:
        """How the connector called ``via`` knows the mailboxes of this route."""
        return self.rewrite.get(via) if isinstance(self.rewrite, Mapping) else self.rewrite


class RouteTable:
    """All routes, and the ``aliases`` that share them. Raises ValueError where two have the same match."""

    __slots__ = ("_exact", "_patterns", "aliases", "routes")

    def __init__(self, routes: Iterable[Route], aliases: Aliases = NO_ALIASES) -> None:
        self.routes, self.aliases = tuple(routes), aliases
        matches = [canonical_pattern(route.match) for route in self.routes]
        found: dict[str, Route] = dict(zip(matches, self.routes, strict=True))
        if len(found) < len(matches):
            twice = sorted({match for match in matches if matches.count(match) > 1})
            raise ValueError(f"more than one route for {', '.join(twice)}")
        self._exact, self._patterns = found, Patterns(found)

    @property
    def connectors(self) -> frozenset[str]:
        """The names of all connectors that a route leads to."""
        return frozenset(via for route in self.routes for via in route.via)

    def find(self, mailbox: Mailbox) -> Route | None:
        """The most particular route: by address, then domain, then the nearest ``*.domain``; None where none fits.

        An alias that no route fits has the route of its real name.
        """
        return self.resolve(mailbox)[1]

    def resolve(self, mailbox: Mailbox) -> tuple[Mailbox, Route | None]:
        """The route, and the mailbox by the name that the route was found by; ``asked`` is kept."""
        address, exact = mailbox.address, self._exact
        route = exact.get(address) or exact.get(address.rpartition("@")[2])  # nearly always
        if route is None and (route := self._patterns.find(mailbox)) is None and self.aliases:
            mailbox = self.aliases.real(mailbox)
            route = self._patterns.find(mailbox)
        return mailbox, route


def rewritten(mailbox: Mailbox, route: Route, via: str = "") -> Mailbox:
    """The mailbox as the route's connector ``via`` (the first where it is not named) knows it; ``asked`` is kept.

    Raises ValueError where the template makes no address of this mailbox.
    """
    template = route.template(via or route.via[0])
    return mailbox if template is None else applied(template, mailbox)


def applied(template: str, mailbox: Mailbox) -> Mailbox:
    """The address that ``template`` makes of the mailbox's, ``asked`` kept. Raises ValueError where it makes none."""
    address = Mailbox.parse(template.format(local=mailbox.local, domain=mailbox.domain)).address
    return Mailbox(address, mailbox.asked)


def _check_template(template: str) -> None:
    try:
        Mailbox.parse(template.format(local="local", domain="domain.example"))
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        raise ValueError(f"not a template of an address ({{local}}, {{domain}}): {template!r}") from error
