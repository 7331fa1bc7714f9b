"""Tests of routing/backwards.py."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.backwards import Backwards
from routing.table import Combine, Route, RouteTable, rewritten

_ROUTES = [
    Route(match="northwind.example", via=("n",), rewrite="{local}@g.northwind.example"),
    Route(match="rooms.northwind.example", via=("n",), rewrite="{local}@resource.calendar.google.com"),
    Route(match="*.branch.example", via=("n",), rewrite="{local}@g.{domain}"),
    Route(match="*.lost.example", via=("n",), rewrite="{local}@one.example"),
    Route(match="shared.example", via=("n",), rewrite="all@one.example"),
    Route(match="ann@northwind.example", via=("n",), rewrite="ann.lee@g.northwind.example"),
    Route(match="bob@elsewhere.example", via=("n", "c"), combine=Combine.UNION, rewrite={"n": "b@g.northwind.example"}),
    Route(match="c.example", via=("c",)),
]
BACK = Backwards(RouteTable(_ROUTES, Aliases({"alias.example": "c.example"})))


@pytest.mark.parametrize(
    ("via", "known", "asked"),
    [
        ("n", "carl@g.northwind.example", ["carl@northwind.example", "carl@g.northwind.example"]),
        ("n", "c_1@resource.calendar.google.com", ["c_1@rooms.northwind.example", "c_1@resource.calendar.google.com"]),
        ("n", "carl@g.x.branch.example", ["carl@x.branch.example", "carl@g.x.branch.example"]),
        ("n", "ann.lee@g.northwind.example",
         ["ann@northwind.example", "ann.lee@northwind.example", "ann.lee@g.northwind.example"]),
        ("n", "ann@g.northwind.example", ["ann@g.northwind.example"]),  # her own route leads somewhere else
        ("n", "b@g.northwind.example", ["bob@elsewhere.example", "b@northwind.example", "b@g.northwind.example"]),
        ("c", "b@g.northwind.example", ["b@g.northwind.example"]),
        ("n", "carl@one.example", ["carl@one.example"]),  # from which branch cannot be told
        ("n", "all@one.example", ["all@one.example"]),
        ("c", "carl@c.example", ["carl@c.example"]),
        ("c", "carl@alias.example", ["carl@c.example", "carl@alias.example"]),
        ("n", "x@nowhere.example", ["x@nowhere.example"]),
    ],
)  # fmt: skip
def test_under_which_addresses_callers_reach_somebody(via: str, known: str, asked: list[str]) -> None:
    assert [mailbox.address for mailbox in BACK.asked(via, Mailbox.parse(known))] == asked


@settings(max_examples=60)
@given(st.from_regex(r"[a-z][a-z0-9.+]{0,8}[a-z]", fullmatch=True), st.sampled_from(_ROUTES))
def test_whatever_leads_back_leads_here_forwards(local: str, route: Route) -> None:
    table = RouteTable(_ROUTES)
    try:
        asked = Mailbox.parse(route.match if "@" in route.match else f"{local}@{route.match.replace('*', 'x')}")
    except ValueError:
        return
    (via, *_), found = route.via, table.find(asked)
    assert found is not None
    known = rewritten(asked, found, via)
    *before, last = Backwards(table).asked(via, known)
    assert last == known
    for mailbox in before:
        there = table.find(mailbox)
        assert there is not None
        assert rewritten(mailbox, there, via) == known
