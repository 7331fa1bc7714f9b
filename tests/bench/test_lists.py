"""What a person in a list costs is measured in a fresh process, and of people that are really there."""

import pytest

from bench import lists
from protocols.model.mailbox import Mailbox
from routing.people import People
from routing.table import RouteTable


async def test_a_short_run() -> None:
    routes, move = await lists.rows(people=20_000)
    assert (routes.name, move.name) == ("route_bytes_per_address", "move_bytes_per_person")
    for row in (routes, move):
        assert row.value is not None
        assert 20 < row.value < 5_000


def test_the_people_are_there() -> None:
    table, people = lists.build(lists.ROUTES, 50), lists.build(lists.MOVE, 50)
    assert isinstance(table, RouteTable)
    assert isinstance(people, People)
    route = table.find(Mailbox.parse("person000049@company49.example"))
    assert getattr(route, "via", None) == ("one",)
    assert len(people.kinds) == 50


@pytest.mark.parametrize("kind", [lists.ROUTES, lists.MOVE])
def test_each_costs_something(kind: str) -> None:
    assert lists.cost(kind, 5_000) >= 0
