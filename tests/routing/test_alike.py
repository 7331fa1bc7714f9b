"""Tests of routing/alike.py, and of rules by it: no spelling, and no other way to a mailbox, leads around a rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Detail
from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.names import Names, folded, key
from routing.policy import Policy, Verdict, judge
from routing.rules import About, Mask, Rule, Rules
from routing.table import Route, RouteTable

TABLE = RouteTable(
    [
        Route(match="fabrikam.example", via=("google",), rewrite="{local}@g.fabrikam.example"),
        Route(match="g.fabrikam.example", via=("google",)),
        Route(match="other.example", via=("google",), rewrite="{local}@g.fabrikam.example"),
        Route(match="chair@fabrikam.example", via=("google",), rewrite="boss+busy@g.fabrikam.example"),
        Route(match="chair@single.example", via=("google",), rewrite="head@g.fabrikam.example"),
        Route(match="*.wild.example", via=("google",), rewrite="{local}@w.example"),
        Route(match="*.deep.example", via=("google",), rewrite="{local}@{domain}.test.example"),
        Route(match="w.example", via=("google",)),
        Route(match="*.test.example", via=("google",)),
        Route(match="tagged.example", via=("google",), rewrite="shared+{local}@plain.example"),
        Route(match="tail.example", via=("google",), rewrite="{local}+busy@plain.example"),
        Route(match="plain.example", via=("google",)),
    ]
)
CLOSED = {"busy_only": True}


def judged(asked: str, about: tuple[str, ...], **values: Any) -> Verdict:
    """Of a caller that sees details of everybody, but for one rule."""
    rule = Rule(number=1, about=tuple(About(one, one) for one in about), **values)
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rules=Rules([rule], "x", TABLE))
    mailbox = Mailbox.parse(asked)
    return judge(policy, mailbox, TABLE.find(mailbox))


AROUND = [
    ("ceo@g.fabrikam.example", "ceo@fabrikam.example"),  # what the rewrite leads to, asked directly
    ("ceo@fabrikam.example", "ceo@g.fabrikam.example"),  # and the other way round
    ("ceo@other.example", "ceo@fabrikam.example"),  # two that lead to one
    ("boss@g.fabrikam.example", "chair@fabrikam.example"),
    ("boss+busy@g.fabrikam.example", "chair@fabrikam.example"),
    ("chair@fabrikam.example", "boss@g.fabrikam.example"),
    ("boss@g.fabrikam.example", "fabrikam.example"),
    ("head@g.fabrikam.example", "single.example"),
    ("ceo@g.fabrikam.example", "fabrikam.example"),
    ("ceo@fabrikam.example", "g.fabrikam.example"),
    ("ceo@other.example", "fabrikam.example"),
    ("ceo@w.example", "ceo@x.wild.example"),
    ("ceo@y.wild.example", "ceo@x.wild.example"),
    ("ceo@w.example", "*.wild.example"),
    ("ceo@w.example", "x.wild.example"),
    ("ceo@x.deep.example.test.example", "ceo@x.deep.example"),
    ("ceo@x.deep.example.test.example", "*.deep.example"),
    ("shared+ceo@plain.example", "ceo@tagged.example"),
    ("ceo@plain.example", "ceo@tail.example"),
    ("ceo@plain.example", "tail.example"),
    ("ceo+x@fabrikam.example", "ceo@fabrikam.example"),
    ("ceo+x@g.fabrikam.example", "ceo@fabrikam.example"),
    ("ceo@fabrikam.example", "ceo+x@fabrikam.example"),
    ("ceo.@fabrikam.example", "ceo@fabrikam.example"),
    (".c..eo@fabrikam.example", "c.eo@fabrikam.example"),
    ("céo@fabrikam.example", "ceo@fabrikam.example"),
    ("ce\u0301o@g.fabrikam.example", "ceo@fabrikam.example"),
    ("jose@fabrikam.example", "josé@fabrikam.example"),
    ("STRASSE@fabrikam.example", "straße@fabrikam.example"),
    ("\u0130nan@fabrikam.example", "inan@fabrikam.example"),
]


@pytest.mark.parametrize(("asked", "about"), AROUND)
def test_no_way_leads_around_a_rule(asked: str, about: str) -> None:
    assert judged(asked, (about,), busy_only=True).detail is Detail.BUSY
    assert judged(asked, (about,), sees=Detail.BUSY).detail is Detail.BUSY
    assert judged(asked, (about,), horizon_ahead=3).mask == Mask(ahead=3)


OTHERS = [
    ("cfo@g.fabrikam.example", "ceo@fabrikam.example"),
    ("ceo@g.fabrikam.example", "chair@fabrikam.example"),
    ("c.eo@fabrikam.example", "ceo@fabrikam.example"),
    ("+49@fabrikam.example", "+48@fabrikam.example"),
    ("shared+cfo@plain.example", "ceo@tagged.example"),
    ("cfo@tagged.example", "ceo@tagged.example"),
    ("cfo@plain.example", "tagged.example"),
    ("ceo@plain.example", "fabrikam.example"),
    ("ceo@w.example", "*.deep.example"),
    ("ceo@g.fabrikam.example", "single.example"),
]


@pytest.mark.parametrize(("asked", "about"), OTHERS)
def test_others_are_left_alone(asked: str, about: str) -> None:
    assert judged(asked, (about,), busy_only=True).detail is Detail.DETAILS


@pytest.mark.parametrize(("asked", "about"), [pair for pair in AROUND if "@" in pair[1]])
def test_what_shows_more_is_about_the_address_as_it_is_written(asked: str, about: str) -> None:
    grant = Rule(number=1, about=(About(about, about),), callers=frozenset({"x"}), sees=Detail.DETAILS)
    policy = Policy(may_ask=("*",), rules=Rules([grant], "x", TABLE))
    for address, detail in ((asked, Detail.BUSY), (about, Detail.DETAILS)):
        mailbox = Mailbox.parse(address)
        assert judge(policy, mailbox, TABLE.find(mailbox)).detail is detail


def test_what_is_hidden_under_each_address_adds_up() -> None:
    rules = [
        Rule(number=1, about=(About("ceo@fabrikam.example", "ceo@fabrikam.example"),), horizon_ahead=9),
        Rule(number=2, about=(About("g.fabrikam.example", "g.fabrikam.example"),), horizon_back=1),
        Rule(number=3, about=(About("*", "*"),), horizon_ahead=30),
    ]
    policy = Policy(may_ask=("*",), rules=Rules(rules, "x", TABLE))
    for asked in ("ceo@fabrikam.example", "ceo@g.fabrikam.example", "céo+x@other.example"):
        mailbox = Mailbox.parse(asked)
        assert judge(policy, mailbox, TABLE.find(mailbox)).mask == Mask(back=1, ahead=9)


def test_a_narrow_address_goes_before_a_domain_that_shows_more() -> None:
    rules = [
        Rule(number=1, about=(About("ceo@fabrikam.example", ""),), sees=Detail.BUSY),
        Rule(number=2, about=(About("g.fabrikam.example", ""),), callers=frozenset({"x"}), sees=Detail.DETAILS),
    ]
    policy = Policy(may_ask=("*",), rules=Rules(rules, "x", TABLE))
    found = [judge(policy, Mailbox.parse(f"{who}@g.fabrikam.example"), TABLE.routes[1]).detail for who in ("ceo", "al")]
    assert found == [Detail.BUSY, Detail.DETAILS]


def test_everybody_comes_last_whatever_the_depth_of_the_domains() -> None:
    rules = [
        Rule(number=1, about=(About("*", "*"),), sees=Detail.BUSY, callers=frozenset({"x"})),
        Rule(number=2, about=(About("*.example", ""),), callers=frozenset({"x"}), sees=Detail.DETAILS),
    ]
    policy = Policy(may_ask=("*",), rules=Rules(rules, "x", TABLE))
    for asked in ("ceo@x.deep.example", "ceo@fabrikam.example", "ceo@a.b.c.wild.example"):
        mailbox = Mailbox.parse(asked)
        assert judge(policy, mailbox, TABLE.find(mailbox)).detail is Detail.DETAILS


@given(st.text(min_size=1, max_size=12))
def test_folding_is_idempotent_and_case_does_not_count(local: str) -> None:
    once = key(f"{local.replace('@', '')}x@b.example")
    assert key(once) == once
    assert folded(once.upper().replace("B.EXAMPLE", "b.example")) == folded(once)


ALIASED = RouteTable(
    [Route(match="fabrikam.example", via=("fabrikam",))],
    Aliases({"g.fabrikam.example": "fabrikam.example"}, {"c_1@rooms.example": "room1@fabrikam.example"}),
)


@pytest.mark.parametrize(
    "about", ["ceo@fabrikam.example", "ceo@g.fabrikam.example", "fabrikam.example", "g.fabrikam.example"]
)
@pytest.mark.parametrize("asked", ["ceo@fabrikam.example", "ceo@g.fabrikam.example", "CEO+x@g.fabrikam.example"])
def test_an_alias_is_no_way_around_a_rule(about: str, asked: str) -> None:
    rules = Rules([Rule(number=1, about=(About(about, about),), busy_only=True)], "x", ALIASED)
    ruling = rules.ruling(Mailbox.parse(asked), Detail.DETAILS, room=False)
    assert ruling is not None
    assert ruling.detail is Detail.BUSY
    assert rules.ruling(Mailbox.parse("ceo@other.example"), Detail.DETAILS, room=False) is None


@pytest.mark.parametrize("asked", ["room1@fabrikam.example", "c_1@rooms.example", "room1@g.fabrikam.example"])
def test_an_alias_of_a_room_is_a_room_and_under_its_rules(asked: str) -> None:
    rules = Rules([Rule(number=1, about=(About("c_1@rooms.example", ""),), horizon_ahead=1)], "x", ALIASED)
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rooms=("room*@fabrikam.example",), rules=rules)
    mailbox = Mailbox.parse(asked)
    verdict = judge(policy, mailbox, ALIASED.find(mailbox), Names(ALIASED))
    assert verdict.room
    assert verdict.detail is Detail.BUSY
    assert verdict.mask is not None


MOVING = RouteTable(
    [
        Route(match="fabrikam.example", via=("fabrikam",), beside=("{local}@contoso.example",)),
        Route(match="contoso.example", via=("contoso",), rewrite="{local}@tenant.example"),
        Route(match="boss@single.example", via=("fabrikam",), beside=("chief@contoso.example",)),
    ]
)


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ("ceo@fabrikam.example", "ceo@contoso.example"),
        ("ceo@contoso.example", "ceo@fabrikam.example"),
        ("ceo@fabrikam.example", "contoso.example"),
        ("ceo@contoso.example", "fabrikam.example"),
        ("ceo@fabrikam.example", "ceo@tenant.example"),
        ("ceo@fabrikam.example", "tenant.example"),
        ("chief@contoso.example", "single.example"),
        ("boss@single.example", "chief@contoso.example"),
    ],
)
def test_no_move_leads_around_a_rule(asked: str, about: str) -> None:
    rule = Rule(number=1, about=(About(about, about),), busy_only=True)
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rules=Rules([rule], "x", MOVING))
    mailbox = Mailbox.parse(asked)
    assert judge(policy, mailbox, MOVING.find(mailbox)).detail is Detail.BUSY
