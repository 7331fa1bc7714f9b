"""Tests of routing/policy.py."""

from dataclasses import replace

import pytest

from protocols.model.freebusy import Detail, Reason
from protocols.model.mailbox import Mailbox
from routing.policy import Policy, judge
from routing.rules import About, Mask, Rule, Rules
from routing.table import Route

ROUTE = Route(match="b.example", via=("company",))
ANN = Mailbox.parse("ann@b.example")


@pytest.mark.parametrize(
    ("may_ask", "allowed"),
    [
        ((), False),
        (("*",), True),
        (("B.example",), True),
        (("Ann@b.example",), True),
        (("bob@b.example",), False),
        (("*.example",), True),
        (("*.b.example",), False),
        (("c.example", "b.example"), True),
    ],
)
def test_who_may_be_asked_about(may_ask: tuple[str, ...], allowed: bool) -> None:
    verdict = judge(Policy(may_ask=may_ask), ANN, ROUTE)
    assert (verdict.allowed, verdict.reason) == (allowed, None if allowed else Reason.FORBIDDEN)


def test_the_defaults_are_the_narrow_ones() -> None:
    assert judge(Policy(), ANN, ROUTE).reason is Reason.FORBIDDEN
    assert judge(Policy(may_ask=("*",)), ANN, ROUTE).detail is Detail.BUSY


def test_permission_comes_before_routes() -> None:
    policy = Policy(may_ask=("c.example",))
    assert judge(policy, ANN, None).reason is Reason.FORBIDDEN
    assert judge(policy, ANN, ROUTE).reason is Reason.FORBIDDEN


def test_no_route() -> None:
    verdict = judge(Policy(may_ask=("*",)), ANN, None)
    assert (verdict.allowed, verdict.reason) == (False, Reason.NO_ROUTE)


@pytest.mark.parametrize(
    ("address", "route", "detail"),
    [
        ("ann@b.example", ROUTE, Detail.DETAILS),
        ("Room-1@b.example", ROUTE, Detail.BUSY),
        ("x@resource.calendar.google.com", ROUTE, Detail.BUSY),
        ("roomy@b.example", ROUTE, Detail.DETAILS),
        ("ann@b.example", Route(match="b.example", via=("company",), rooms=True), Detail.BUSY),
        (
            "a@b.example",
            Route(match="b.example", via=("x",), rewrite="{local}@resource.calendar.google.com"),
            Detail.BUSY,
        ),
        (
            "x" * 64 + "@b.example",
            Route(match="b.example", via=("x",), rewrite="room-{local}@b.example"),
            Detail.DETAILS,
        ),
    ],
)
def test_rooms_show_less(address: str, route: Route, detail: Detail) -> None:
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rooms=("*@Resource.calendar.google.com", "room-*@*"))
    assert judge(policy, Mailbox.parse(address), route).detail is detail


def test_rooms_may_be_opened() -> None:
    policy = Policy(may_ask=("*",), sees=Detail.BUSY, rooms=("ann@*",), rooms_see=Detail.DETAILS)
    assert judge(policy, ANN, ROUTE).detail is Detail.DETAILS


def test_the_rule_is_told_in_words() -> None:
    assert judge(Policy(may_ask=("B.example",)), ANN, ROUTE).rule == (
        "may_ask b.example allows it; of a person this caller sees busy"
    )


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="DNS label"):
        Policy(may_ask=("not a domain",))


def test_policies_are_equal_by_what_was_written() -> None:
    assert Policy(may_ask=("*",), rooms=("a*",)) == Policy(may_ask=("*",), rooms=("a*",))
    assert Policy(may_ask=("*",)) != Policy()


def test_rules_show_more_or_less_and_the_verdict_says_which() -> None:
    rules = [
        Rule(number=1, about=(About("b.example", "b.example"),), callers=frozenset({"x"}), sees=Detail.DETAILS),
        Rule(number=2, about=(About("*", "*"),), horizon_ahead=30),
    ]
    verdict = judge(Policy(may_ask=("*",), rules=Rules(rules, "x")), ANN, ROUTE)
    assert (verdict.detail, verdict.mask) == (Detail.DETAILS, Mask(ahead=30))
    assert verdict.rule == "may_ask * allows it; of a person this caller sees details, as rules[1] says"
    assert [(said.rule, said.key) for said in verdict.said] == [(1, "sees"), (2, "horizon_ahead")]
    assert (verdict.may_ask, verdict.room) == ("*", False)
    masked = judge(Policy(may_ask=("*",), rules=Rules(rules[1:], "x")), ANN, ROUTE)
    assert (masked.detail, masked.rule) == (
        Detail.BUSY,
        "may_ask * allows it; of a person this caller sees busy",
    )


def test_a_rule_about_nobody_asked_changes_nothing() -> None:
    rules = Rules([Rule(number=1, about=(About("c.example", "c.example"),), busy_only=True)], "x")
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS)
    assert judge(replace(policy, rules=rules), ANN, ROUTE) == judge(policy, ANN, ROUTE)


def test_no_rule_lets_anybody_in() -> None:
    entry = About("ann@b.example", "ann@b.example")
    rules = Rules([Rule(number=1, about=(entry,), callers=frozenset({"x"}), sees=Detail.DETAILS)], "x")
    assert judge(Policy(rules=rules), ANN, ROUTE) == judge(Policy(), ANN, ROUTE)
