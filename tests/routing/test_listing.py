"""Who can be on a list, judged by domain or one by one to the same effect."""

import pytest

from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.listing import Listing
from routing.sides import Sides
from routing.table import Route
from tests.routing.moving import AT, sides


def _listing(between: Sides | None = None, *people: str) -> Listing:
    listing = Listing(between or sides())
    for number, each in enumerate(people, 1):
        assert listing.add(each, listing.kind(AT, ""), number) == ""
    return listing


def test_people_are_known_on_both_sides_by_one_spelling() -> None:
    people = _listing(None, "Ann@Fabrikam.Example", "smtp:bob@fabrikam.example", "jörg@fabrikam.example").people
    assert list(people.kinds) == ["ann@fabrikam.example", "bob@fabrikam.example", "jörg@fabrikam.example"]
    assert people.origins == {
        "ann@contoso.example": "ann@fabrikam.example",
        "bob@contoso.example": "bob@fabrikam.example",
        "jörg@contoso.example": "jörg@fabrikam.example",
    }
    assert list(people.counts) == [3]


def test_one_address_on_both_sides_is_kept_once() -> None:
    people = _listing(sides(rewrite=None), "ann@both.example").people
    assert (dict(people.kinds), people.origins) == ({"ann@both.example": 0}, {})


def test_whoever_is_listed_by_the_new_address_is_known_by_the_old_one() -> None:
    between = Sides(
        name="m", source="old", target="new", joined=sides().joined, table=sides().table, rewrite="{local}@n.example"
    )
    assert _listing(sides(rewrite=None), "ann@contoso.example").people.origins == {}
    said = Listing(sides()).add("ann@contoso.example", 0)
    assert "may be one of several at fabrikam" in said
    assert between.leaving == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", '"" is no address'),
        ("ann", '"ann" is no address'),
        ("ann@fabrikam.example; bob", "is no address"),
        ("ann@nowhere.example", "no route leads ann@nowhere.example anywhere"),
        ("ann@third.example", "neither at fabrikam nor at contoso"),
        ("ann@three.example", "has a calendar at third as well"),
    ],
)
def test_whoever_cannot_move_is_told_why(text: str, words: str) -> None:
    listing = _listing()
    said = listing.add(text, listing.kind(AT, ""), 7)
    assert words in said
    assert ": " in said  # and what to do
    assert not len(listing.people)


def test_nobody_is_listed_twice_in_whatever_spelling() -> None:
    listing = _listing(None, "ann@fabrikam.example", "bob@fabrikam.example")
    assert "bob@fabrikam.example stands there already on line 2" in listing.add("BOB@fabrikam.example", 0, 3)


def test_two_people_do_not_become_one() -> None:
    listing = _listing(None, "ann@fabrikam.example")
    assert "would both be ann@contoso.example at contoso" in listing.add("ann@both.example", 0)


def test_nobody_is_whom_another_becomes() -> None:
    between = sides(Route(match="c@fabrikam.example", via=("fabrikam", "contoso")), rewrite="c@fabrikam.example")
    listing = _listing(between, "ann@fabrikam.example")
    assert "is what rewrite makes of ann@fabrikam.example" in listing.add("c@fabrikam.example", 0)
    listing = _listing(between, "c@fabrikam.example")
    assert "which stands there too" in listing.add("ann@fabrikam.example", 0)


def test_nobody_is_on_two_lists() -> None:
    other = _listing(None, "ann@fabrikam.example").people
    listing = Listing(sides(), taken=[("first", other)])
    assert 'on the list of the move "first" as well' in listing.add("ann@fabrikam.example", listing.kind(AT, ""))
    assert listing.add("bob@fabrikam.example", listing.kind(AT, "")) == ""


def test_an_address_with_a_route_of_its_own_is_looked_at_itself() -> None:
    own = Route(match="boss@fabrikam.example", via=("third",))
    there = Route(match="chief@contoso.example", via=("third",))
    listing = _listing(sides(own, there), "ann@fabrikam.example")
    assert "neither at fabrikam nor at contoso" in listing.add("boss@fabrikam.example", 0)
    assert "lead to third and not to contoso" in listing.add("chief@fabrikam.example", 0)


def test_an_alias_stands_for_the_real_name() -> None:
    between = sides(aliases=Aliases({"alias.example": "fabrikam.example"}))
    assert list(_listing(between, "ann@alias.example").people.kinds) == ["ann@fabrikam.example"]


def test_kinds_are_shared() -> None:
    listing = Listing(sides())
    assert listing.kind(1, "a") == listing.kind(1, "a") == 0
    assert (listing.kind(2, "a"), listing.kind(1, "b"), listing.kind(1, "")) == (1, 2, 3)
    assert listing.people.names == ["a", "b"]
    assert list(listing.people.batches) == [0, 0, 1, -1]


def test_both_ways_of_judging_agree() -> None:
    own = Route(match="someone@else.example", via=("fabrikam",))
    fast, slow = Listing(sides()), Listing(sides(own))
    slow._own |= {f"{name}@{domain}" for name in ("ann", "bob") for domain in ("fabrikam.example", "third.example")}
    for each in ("ann@fabrikam.example", "bob@third.example", "ann@third.example", "bob@fabrikam.example"):
        assert fast.add(each, fast.kind(AT, "")) == slow.add(each, slow.kind(AT, ""))
    assert (fast.people.kinds, fast.people.origins) == (slow.people.kinds, slow.people.origins)
    assert Mailbox.parse("ann@fabrikam.example").address in fast.people


@pytest.mark.parametrize("local", ["a" * 60, "é" * 30])
def test_whom_a_route_s_rewrite_makes_no_address_of_is_refused_and_named(local: str) -> None:
    long = Route(match="long.example", via=("fabrikam",), rewrite="{local}.archive@mail.fabrikam.example")
    listing = _listing(sides(long), "ann@long.example", f"{'b' * 50}@long.example")
    said = listing.add(f"{local}@long.example", 0, 3)
    assert f"the rewrite of [[routes]] makes no address of {local}@long.example" in said
    beyond = Route(match="beyond.example", via=("contoso",), rewrite="{local}.archive@mail.contoso.example")
    listing = _listing(sides(beyond, rewrite="{local}@beyond.example"), "ann@fabrikam.example")
    assert "makes no address" in listing.add(f"{local}@fabrikam.example", 0, 3)
    listing = _listing(sides(rewrite="{local}.archive@contoso.example"), "ann@fabrikam.example")
    assert "makes no address" in listing.add(f"{local}@fabrikam.example", 0, 3)


def test_who_stands_there_by_two_names_is_told_by_both() -> None:
    between = sides(aliases=Aliases({"alias.example": "fabrikam.example"}))
    said = _listing(between, "ann@fabrikam.example").add("ann@alias.example", 0, 2)
    assert said == (
        "ann@alias.example is ann@fabrikam.example, which stands there already on line 1: remove one of the two"
    )


def test_of_several_homes_all_are_listed() -> None:
    listing = _listing()
    assert listing.add_all([Mailbox.parse("ann@contoso.example")], listing.kind(AT, "")) == ""
    homes = ("ann@fabrikam.example", "ann@both.example")
    assert tuple(listing.people.kinds) == homes
    assert listing.people.origins == {"ann@contoso.example": homes[0]}
    assert listing.people.homes == {"ann@contoso.example": homes}


def test_a_directory_s_address_is_taken_by_whichever_name_leads_there() -> None:
    listing = _listing()
    asked = [Mailbox.parse(each) for each in ("ann@nowhere.example", "ann@fabrikam.example")]
    assert listing.add_all(asked, listing.kind(AT, "")) == ""
    assert list(listing.people.kinds) == ["ann@fabrikam.example"]
    assert "no route leads ann@nowhere.example" in listing.add_all(asked[:1], 0)
    assert listing.add_all(asked, 0) == ""  # named twice: once is enough
