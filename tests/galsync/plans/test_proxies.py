"""Tests of galsync/plans/proxies.py: ours come and go, and what somebody else added stays."""

from dataclasses import replace

from galsync.plans.proxies import addresses_after, lacking, surplus
from tests.galsync.worlds import agreed_on, entry, held

ANN = entry(aliases=("X500:/o=F/cn=Ann", "ann@old.example"))
STANDS = held(addresses=frozenset({"ann@fabrikam.example", "x500:/o=f/cn=ann", "typed@b.example", "was@b.example"}))


def test_an_alias_that_stands_there_in_lower_case_is_not_lacking() -> None:
    assert lacking(ANN, STANDS) == ("ann@old.example",)


def test_only_what_we_wrote_is_taken_away() -> None:
    known = agreed_on(replace(ANN, aliases=("was@b.example", "never-there@b.example")))["ad:0"]
    assert surplus(ANN, STANDS, known) == ("was@b.example",)
    assert surplus(ANN, STANDS, None) == ()
    assert surplus(ANN, STANDS, agreed_on(ANN)["ad:0"]) == ()


def test_an_alias_that_becomes_the_address_is_not_taken_away() -> None:
    known = agreed_on(replace(ANN, aliases=("was@b.example",)))["ad:0"]
    moved = replace(ANN, address=entry(address="was@b.example").address)
    assert surplus(moved, STANDS, known) == ()


def test_the_address_before_goes_and_what_others_added_stays() -> None:
    moved = entry(address="new@b.example")
    assert addresses_after(moved, STANDS, None) == (STANDS.addresses - {"ann@fabrikam.example"}) | {"new@b.example"}
    assert addresses_after(entry(), STANDS, None) == STANDS.addresses
