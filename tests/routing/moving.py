"""Two companies, Fabrikam and Contoso, between which people move, for the tests of moves."""

from typing import Any

from routing.aliases import NO_ALIASES, Aliases
from routing.listing import Listing
from routing.moves import Move
from routing.sides import Sides
from routing.stages import Joined, Plan
from routing.table import Route, RouteTable

DAY = 86_400
AT = 1_800_000_000
JOINED = Joined(before=DAY, after=14 * DAY)
ROUTES = (
    Route(match="fabrikam.example", via=("fabrikam",), rewrite="{local}@mail.fabrikam.example"),
    Route(match="contoso.example", via=("contoso",)),
    Route(match="third.example", via=("third",)),
    Route(match="both.example", via=("fabrikam", "contoso")),
    Route(match="three.example", via=("fabrikam", "third")),
    Route(match="*.wild.example", via=("fabrikam",)),
)


def sides(*more: Route, aliases: Aliases = NO_ALIASES, **values: Any) -> Sides:
    """From Fabrikam to Contoso, which knows people by an address of its own."""
    told = {"rewrite": "{local}@contoso.example", "name": "merger", "joined": JOINED, **values}
    table = RouteTable((*ROUTES, *more), aliases)
    return Sides(**{"source": "fabrikam", "target": "contoso", "table": table, **told})


def move(*people: str, between: Sides | None = None, instant: int = AT, batch: str = "", **plans: Plan) -> Move:
    """A list of ``people`` who all move at ``instant``."""
    between = between or sides()
    listing = Listing(between)
    for each in people:
        words = listing.add(each, listing.kind(instant, batch))
        assert not words, words
    return Move(between, listing.people, plans)
