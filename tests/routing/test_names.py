"""Tests of routing/names.py: whoever may be asked about by two addresses has both as names."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocols.model.freebusy import Detail
from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.names import Names, folded, key, known_as
from routing.policy import Policy, judge
from routing.rules import About, Rule, Rules
from routing.table import Route, RouteTable
from routing.ways import legs_of

MOVING = RouteTable(
    [
        Route(match="f.example", via=("f",), rewrite="{local}@mail.f.example", beside=("{local}@c.example",)),
        Route(match="boss@f.example", via=("c",), rewrite="boss@g.c.example"),
        Route(match="c.example", via=("c",), rewrite="{local}@g.c.example"),
        Route(match="other.example", via=("o",)),
    ],
    Aliases({"f-alt.example": "f.example", "c-alt.example": "c.example"}, {"chief@f.example": "ann@f.example"}),
)


def seen(rule: str, asked: str, table: RouteTable = MOVING) -> Detail:
    rules = Rules([Rule(number=1, about=(About(rule, rule),), busy_only=True)], "x", table)
    mailbox = Mailbox.parse(asked)
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rules=rules)
    return judge(policy, mailbox, table.find(mailbox), Names(table)).detail


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("f.example", "ann@c-alt.example"),
        ("chief@f.example", "ann@c.example"),
        ("f-alt.example", "ann@c.example"),
        ("ann@mail.f.example", "ann@c.example"),
        ("mail.f.example", "ann@c.example"),
        ("boss@f.example", "boss@c.example"),
        ("c-alt.example", "ann@f.example"),
        ("ann@c-alt.example", "chief@f.example"),
        ("ann@g.c.example", "ann@f-alt.example"),
    ],
)
def test_no_name_of_who_moves_leads_around_a_rule(rule: str, asked: str) -> None:
    assert seen(rule, asked) is Detail.BUSY
    assert seen(rule, "bob@other.example") is Detail.DETAILS


def test_others_keep_their_details() -> None:
    assert seen("ann@f.example", "bob@c.example") is Detail.DETAILS
    assert seen("chief@f.example", "bob@f.example") is Detail.DETAILS


ROOMS = RouteTable(
    [
        Route(match="f.example", via=("g",), rewrite="{local}@rooms.g.example", beside=("{local}@c.example",)),
        Route(match="room1@f.example", via=("g",), rewrite="c_1@resource.example"),
        Route(match="c.example", via=("c",), rooms=True),
    ]
)


@pytest.mark.parametrize(
    ("asked", "rooms"),
    [
        ("room1@f.example", ("*@resource.example",)),
        ("ann@f.example", ("*@rooms.g.example",)),
        ("ann@f.example", ()),
        ("ann@c.example", ()),
    ],
)
def test_a_room_is_a_room_by_each_of_its_names(asked: str, rooms: tuple[str, ...]) -> None:
    mailbox = Mailbox.parse(asked)
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rooms=rooms)
    assert judge(policy, mailbox, ROOMS.find(mailbox), Names(ROOMS)).room


def test_names_that_lead_to_one_another_end() -> None:
    table = RouteTable(
        [
            Route(match="a.example", via=("x",), rewrite="a{local}@b.example"),
            Route(match="b.example", via=("x",), rewrite="b{local}@a.example"),
        ]
    )
    assert 1 < len(Names(table).of(Mailbox.parse("ann@a.example"))) <= 110


def test_spellings() -> None:
    assert folded("José@a.example") == "jose@a.example"
    assert key("j.o.e+x@a.example") == "j.o.e@a.example"
    assert known_as(Mailbox.parse("ann@f.example"), MOVING.routes[0]) == ("ann@mail.f.example",)


DOMAINS = ("f.example", "c.example", "g.c.example", "alt.example", "x.f.example")
TEMPLATES = (
    "{local}@g.c.example",
    "{local}@c.example",
    "{local}.x@f.example",
    "{local}@{domain}",
    "shared+{local}@c.example",
)
WHO = ("ann", "bob", "room1")
templates = st.none() | st.sampled_from(TEMPLATES)
routes = st.lists(
    st.builds(
        lambda match, via, rewrite, beside: Route(match=match, via=(via,), rewrite=rewrite, beside=beside),
        st.sampled_from([*DOMAINS, "ann@f.example", "*.f.example"]),
        st.sampled_from(["f", "c"]),
        templates,
        st.just(()) | st.sampled_from([("{local}@c.example",), ("{local}@g.c.example",)]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda route: route.match,
)
aliases = st.dictionaries(st.sampled_from(["alt.example", "alt2.example"]), st.sampled_from(["f.example", "c.example"]))


def _legs(mailbox: Mailbox, table: RouteTable) -> Iterator[tuple[str, str]]:
    """Whoever is asked, before and after a move: connector and address."""
    real, route = table.resolve(mailbox)
    if route is None:
        return
    for leg in legs_of(real, route):
        yield leg.via, leg.mailbox.address
    for template in route.beside:
        moved = Mailbox.parse(template.format(local=real.local, domain=real.domain))
        there, onward = table.resolve(moved)
        for leg in legs_of(there, onward) if onward is not None else ():
            yield leg.via, leg.mailbox.address


@given(routes, aliases, st.sampled_from(WHO), st.sampled_from(WHO))
def test_two_addresses_that_are_asked_as_one_are_under_the_same_rules(
    written: list[Route], alias: dict[str, str], one: str, other: str
) -> None:
    table = RouteTable(written, Aliases(alias))
    domains = (*DOMAINS, *alias)
    shared = [
        (f"{one}@{left}", f"{other}@{right}")
        for left, right in product(domains, domains)
        if set(_legs(Mailbox.parse(f"{one}@{left}"), table)) & set(_legs(Mailbox.parse(f"{other}@{right}"), table))
    ]
    assume(shared)
    for rule, asked in shared:
        assert seen(rule, asked, table) is Detail.BUSY, (rule, asked)
        assert seen(rule.rpartition("@")[2], asked, table) is Detail.BUSY, (rule, asked)
