"""Under which addresses both sides know people, forwards and backwards, and what leads in a circle."""

import pytest

from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.table import Route
from routing.ways import Leg
from tests.routing.moving import sides

ANN = Mailbox.parse("ann@fabrikam.example")


def _legs(address: str, **values: object) -> tuple[Leg, Leg]:
    between = sides(**values)  # type: ignore[arg-type]
    mailbox = Mailbox.parse(address)
    return between.left(mailbox), between.new(mailbox)


def test_each_side_is_asked_by_the_address_it_knows() -> None:
    left, new = _legs("ann@fabrikam.example")
    assert left == Leg("fabrikam", Mailbox.parse("ann@mail.fabrikam.example"))
    assert new == Leg("contoso", Mailbox.parse("ann@contoso.example"))


def test_without_a_rewrite_both_know_the_same_address() -> None:
    left, new = _legs("ann@fabrikam.example", rewrite=None)
    assert left.mailbox.address == "ann@mail.fabrikam.example"
    assert new.mailbox.address == "ann@fabrikam.example"


def test_the_route_of_the_other_side_rewrites_as_well() -> None:
    route = Route(match="tenant.example", via=("contoso",), rewrite="{local}@contoso.onmicrosoft.example")
    new = sides(route, rewrite="{local}@tenant.example").new(ANN)
    assert new.mailbox.address == "ann@contoso.onmicrosoft.example"


def test_one_domain_on_both_sides() -> None:
    left, new = _legs("ann@both.example", rewrite=None)
    assert (left.via, new.via) == ("fabrikam", "contoso")
    assert left.mailbox == new.mailbox == Mailbox.parse("ann@both.example")


def test_the_other_side_may_know_aliases() -> None:
    aliases = Aliases({"g.fabrikam.example": "fabrikam.example"}, {"c_1@rooms.example": "room1@fabrikam.example"})
    between = sides(aliases=aliases, rewrite="{alias}")
    assert between.new(ANN).mailbox.address == "ann@g.fabrikam.example"
    assert between.new(Mailbox.parse("room1@fabrikam.example")).mailbox.address == "c_1@rooms.example"
    assert between.astray(ANN) == ""


@pytest.mark.parametrize(
    ("address", "origins"),
    [
        ("ann@contoso.example", ["ann@fabrikam.example", "ann@both.example", "ann@three.example"]),
        ("ann@fabrikam.example", ["ann@fabrikam.example"]),
        ("ann@third.example", ["ann@third.example"]),
    ],
)
def test_addresses_are_read_backwards(address: str, origins: list[str]) -> None:
    assert [each.address for each in sides().origins(Mailbox.parse(address))] == origins


@pytest.mark.parametrize("rewrite", [None, "{local}.{domain}@contoso.example", "everybody@contoso.example"])
def test_what_cannot_be_read_backwards_is_taken_as_it_is(rewrite: str | None) -> None:
    mailbox = Mailbox.parse("ann@contoso.example")
    assert sides(rewrite=rewrite).origins(mailbox) == (mailbox,)


@pytest.mark.parametrize(
    ("rewrite", "words"),
    [
        ("{local}@both.example", ""),
        ("{local}@nowhere.example", ""),
        ("{local}@{domain}", ""),
        ("{local}@third.example", "lead to third and not to contoso"),
        ("{local}@three.example", "back to fabrikam, in a circle"),
        ("{local}.x@fabrikam.example", "back to fabrikam, in a circle"),
    ],
)
def test_a_rewrite_that_leads_back_or_astray_is_refused(rewrite: str, words: str) -> None:
    if not words:
        assert sides(rewrite=rewrite).rewrite == rewrite
        return
    with pytest.raises(ValueError, match=words) as refused:
        sides(rewrite=rewrite)
    assert "mend rewrite" in str(refused.value)
    assert "{local}@fabrikam.example would be" in str(refused.value)


def test_nobody_moves_to_where_they_are() -> None:
    with pytest.raises(ValueError, match='both "fabrikam"'):
        sides(target="fabrikam")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ann@fabrikam.example", ""),
        ("ann@contoso.example", ""),
        ("ann@both.example", ""),
        ("ann@x.wild.example", ""),
        ("ann@nowhere.example", "no route leads ann@nowhere.example anywhere"),
        ("ann@third.example", "neither at fabrikam nor at contoso"),
        ("ann@three.example", "has a calendar at third as well"),
    ],
)
def test_who_may_be_listed(address: str, words: str) -> None:
    said = sides().objection(Mailbox.parse(address))
    assert words in said
    assert bool(said) == bool(words)


def test_an_address_that_is_too_long_over_there() -> None:
    mailbox = Mailbox.parse(f"{'a' * 64}@fabrikam.example")
    assert "rewrite makes no address" in sides(rewrite="x.{local}@contoso.example").objection(mailbox)
