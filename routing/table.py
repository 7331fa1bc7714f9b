"""Which connector answers for a mailbox, and under which address that connector knows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from protocols.model.mailbox import Mailbox
from routing.patterns import ANY, Patterns, canonical_pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Mailboxes that fit ``match`` (an address, a domain, ``*.domain``) are asked of the connector named ``via``.

    ``rewrite`` is the address the connector knows, with ``{local}`` and ``{domain}`` standing for the parts of the one
    asked. ``rooms``: every mailbox of this route is a room. Raises ValueError where pattern or template is none.
    """

    match: str
    via: str
    rewrite: str | None = None
    rooms: bool = False

    def __post_init__(self) -> None:
        if canonical_pattern(self.match) == ANY:
            raise ValueError("a route names an address, a domain or *.domain, not everybody")
        if self.rewrite is not None:
            _check_template(self.rewrite)


class RouteTable:
    """All routes. Raises ValueError where two have the same match."""

    __slots__ = ("_patterns", "routes")

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        matches = [canonical_pattern(route.match) for route in self.routes]
        if twice := sorted({match for match in matches if matches.count(match) > 1}):
            raise ValueError(f"more than one route for {', '.join(twice)}")
        self._patterns = Patterns(dict(zip(matches, self.routes, strict=True)))

    def find(self, mailbox: Mailbox) -> Route | None:
        """The most particular route: by address, then domain, then the nearest ``*.domain``; None where none fits."""
        return self._patterns.find(mailbox)


def rewritten(mailbox: Mailbox, route: Route) -> Mailbox:
    """The mailbox as the route's connector knows it; ``asked`` is kept.

    Raises ValueError where the template makes no address of this mailbox.
    """
    if route.rewrite is None:
        return mailbox
    address = Mailbox.parse(route.rewrite.format(local=mailbox.local, domain=mailbox.domain)).address
    return Mailbox(address, mailbox.asked)


def _check_template(template: str) -> None:
    try:
        Mailbox.parse(template.format(local="local", domain="domain.example"))
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        raise ValueError(f"not a template of an address ({{local}}, {{domain}}): {template!r}") from error
