"""Tests of routing/table.py."""

import pytest

from protocols.model.mailbox import Mailbox
from routing.table import Route, RouteTable, rewritten

TABLE = RouteTable(
    [
        Route(match="b.example", via=("company",)),
        Route(match="*.b.example", via=("branches",)),
        Route(match="Ann@b.example", via=("person",)),
    ]
)


@pytest.mark.parametrize(
    ("address", "via"),
    [("ann@b.example", "person"), ("bob@b.example", "company"), ("bob@x.b.example", "branches"), ("a@c.example", None)],
)
def test_particular_before_general(address: str, via: str | None) -> None:
    route = TABLE.find(Mailbox.parse(address))
    assert (route and route.via[0]) == via


def test_two_routes_for_one_match_are_refused() -> None:
    with pytest.raises(ValueError, match=r"more than one route for b\.example"):
        RouteTable([Route(match="b.example", via=("x",)), Route(match="B.EXAMPLE", via=("y",))])


@pytest.mark.parametrize("match", ["*", "", "no pattern"])
def test_a_route_for_everybody_or_nobody_is_refused(match: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Route(match=match, via=("x",))


@pytest.mark.parametrize("template", ["{local}", "{name}@b.example", "{}@b.example", "{local", "{local.x}@b.example"])
def test_a_template_that_makes_no_address_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="not a template"):
        Route(match="b.example", via=("x",), rewrite=template)


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("{local}@g.b.example", "ann@g.b.example"),
        ("{local}.{domain}@x.example", "ann.b.example@x.example"),
        ("ann2@x.example", "ann2@x.example"),
        (None, "ann@b.example"),
    ],
)
def test_rewriting_keeps_what_was_asked(template: str | None, address: str) -> None:
    mailbox = rewritten(Mailbox.parse("Ann@B.example"), Route(match="b.example", via=("x",), rewrite=template))
    assert (mailbox.address, mailbox.asked) == (address, "Ann@B.example")


def test_braces_in_an_address_are_letters_like_others() -> None:
    route = Route(match="b.example", via=("x",), rewrite="{local}@g.example")
    assert rewritten(Mailbox.parse("{domain}@b.example"), route).address == "{domain}@g.example"


def test_an_address_that_becomes_too_long_is_an_error() -> None:
    route = Route(match="b.example", via=("x",), rewrite="prefix-{local}@g.example")
    with pytest.raises(ValueError, match="not an SMTP address"):
        rewritten(Mailbox.parse("x" * 64 + "@b.example"), route)
