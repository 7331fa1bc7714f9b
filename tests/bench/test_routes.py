"""The routes of the benchmark lead where they should, and the figure is one of microseconds."""

from bench.routes import asked, rows, ways
from routing.ways import Leg, Way


async def test_a_short_run() -> None:
    (row,) = await rows(addresses=1_000, domains=100)
    assert row.value is not None
    assert 0 < row.value < 100
    assert (row.name, row.at_most) == ("route_lookup_us", 2)


def test_all_are_found_by_their_own_route_or_that_of_their_domain() -> None:
    found = ways(300, 30)
    kinds = {type(found.find(mailbox)) for mailbox in asked(300, 30, 100)}
    assert kinds == {Leg, Way}
