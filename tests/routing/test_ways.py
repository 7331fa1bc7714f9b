"""Tests of routing/ways.py."""

import pytest

from protocols.model.freebusy import Reason, Unavailable
from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.table import Combine, Route, RouteTable
from routing.ways import Found, Leg, Way, Ways, legs_in

TABLE = RouteTable(
    [
        Route(match="a.example", via=("a",)),
        Route(match="both.example", via=("a", "b"), rewrite={"b": "{local}@b.example"}),
        Route(match="first.example", via=("b", "a"), combine=Combine.FIRST),
        Route(match="long.example", via=("a",), rewrite="a-very-long-prefix-{local}@b.example"),
    ]
)


def ann(domain: str) -> Mailbox:
    return Mailbox.parse(f"Ann@{domain}")


def told(found: Found) -> list[tuple[str, str, str]]:
    return [(leg.via, leg.mailbox.address, leg.mailbox.asked) for leg in legs_in(found)]


def test_one_connector_is_one_leg() -> None:
    assert Ways(TABLE).find(ann("a.example")) == Leg("a", ann("a.example"))


def test_several_connectors_know_the_mailbox_each_by_its_own_address() -> None:
    way = Ways(TABLE).find(ann("both.example"))
    assert isinstance(way, Way)
    assert way.combine is Combine.UNION
    assert told(way) == [("a", "ann@both.example", "Ann@both.example"), ("b", "ann@b.example", "Ann@both.example")]
    assert way.reason == '[[routes]] match = "both.example"'
    assert told(Ways(TABLE).find(ann("first.example")))[0][0] == "b"


def test_why_there_is_no_way() -> None:
    nowhere = Ways(TABLE).find(ann("nowhere.example"))
    assert isinstance(nowhere, Unavailable)
    assert nowhere.reason is Reason.NO_ROUTE
    too_long = Ways(TABLE).find(Mailbox.parse("x" * 60 + "@long.example"))
    assert isinstance(too_long, Unavailable)
    assert too_long.reason is Reason.INVALID_ADDRESS
    assert legs_in(nowhere) == legs_in(too_long) == ()


def test_an_alias_goes_the_way_of_its_real_name_unless_it_has_its_own() -> None:
    ways = Ways(RouteTable(TABLE.routes, Aliases({"alias.example": "a.example", "both.example": "a.example"})))
    assert told(ways.find(ann("alias.example"))) == [("a", "ann@a.example", "Ann@alias.example")]
    assert len(told(ways.find(ann("both.example")))) == 2
    route = ways.table.find(ann("alias.example"))
    assert route is not None
    assert route.match == "a.example"


class _Moved:
    def __init__(self, address: str, way: Leg | Way) -> None:
        self.address, self.to = address, way

    def way(self, mailbox: Mailbox) -> Leg | Way | None:
        return self.to if mailbox.address == self.address else None


@pytest.mark.parametrize("asked", ["a.example", "alias.example"])
def test_whoever_moves_is_found_at_once_by_every_name(asked: str) -> None:
    ways = Ways(RouteTable(TABLE.routes, Aliases({"alias.example": "a.example"})))
    assert told(ways.find(ann(asked)))[0][0] == "a"
    moved = Leg("c", ann("c.example"))
    ways.follow(_Moved("ann@a.example", moved))
    assert ways.find(ann(asked)) is moved
    assert told(ways.find(Mailbox.parse("bob@a.example")))[0][0] == "a"
    ways.follow(None)
    assert told(ways.find(ann(asked)))[0][0] == "a"
