"""The routes of the benchmark lead where they should, all of them are drawn from, and the figure is of microseconds."""

from bench.routes import asked, follower, rows, table
from routing.table import Combine
from routing.ways import Leg, Way, Ways


async def test_a_short_run() -> None:
    (row,) = await rows(addresses=1_000, domains=100)
    assert row.value is not None
    assert 0 < row.value < 100
    assert (row.name, row.at_most) == ("route_lookup_us", 2)
    assert "with people who move" in row.note
    assert "asked about first" in row.note


def test_all_are_found_by_their_own_route_or_that_of_their_domain() -> None:
    found = Ways(table(300, 30))
    kinds = {type(found.find(mailbox)) for mailbox in asked(300, 30, 100)}
    assert kinds == {Leg, Way}


def test_a_follower_knows_every_fourth_of_those_with_a_route_of_their_own() -> None:
    routes = table(40, 4)
    ways = Ways(routes, follower=follower(routes, 40, 4))
    found = {mailbox.address: ways.find(mailbox) for mailbox in asked(40, 4, 2_000)}
    moving = {address for address, way in found.items() if isinstance(way, Way) and way.combine is Combine.MOVE}
    people = {address for address in found if address.startswith("person")}
    assert (len(people), len(found)) == (40, 80)  # the draw is from everybody
    assert len(moving) == 10
    assert moving < people
