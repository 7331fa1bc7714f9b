"""Tests of galsync/files/cells.py: several values in one cell, and words that say yes, no or what something is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.files.cells import addresses, joined, kind, parted, truth
from protocols.model.person import Kind


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text == text.strip()))
)
def test_what_is_joined_is_parted(values: list[str]) -> None:
    assert parted(joined(values)) == values


def test_other_programs_lists_are_parted() -> None:
    assert parted(" a ; b;;c\nd ") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("text", "meant"), [("TRUE", True), (" yes ", True), ("", False), ("False", False)])
def test_yes_and_no(text: str, meant: bool) -> None:
    assert truth(text) is meant


def test_neither_yes_nor_no_is_no_guess() -> None:
    with pytest.raises(ValueError, match="neither"):
        truth("Berlin")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Kind.USER),
        ("UserMailbox", Kind.USER),
        ("Room", Kind.ROOM),
        ("RoomMailbox", Kind.ROOM),
        ("MailUniversalDistributionGroup", Kind.GROUP),
        ("GuestMailUser", Kind.CONTACT),
        ("RoomList", Kind.GROUP),
        ("LinkedRoomMailbox", Kind.ROOM),
        *((each.value, each) for each in Kind),
    ],
)
def test_kinds(text: str, meant: Kind) -> None:
    assert kind(text) is meant


def test_a_kind_that_nobody_uses_is_no_guess() -> None:
    with pytest.raises(ValueError, match="no kind"):
        kind("planet")


def test_proxy_addresses_are_told_apart() -> None:
    told = addresses(["smtp:a@b.example", "SMTP:Ann@B.example", "X500:/o=B/cn=ann", "SIP:ann@b.example", "EUM:1"])
    assert told == (["a@b.example", "ann@b.example"], ["/o=B/cn=ann"], ["ann@b.example"], "ann@b.example")


def test_a_bad_proxy_address_is_left_out_alone() -> None:
    told = addresses(["/o=ExchangeLabs/cn=ann", "smtp:none", "smtp:a@b.example", "x500:/o=B"])
    assert told == (["a@b.example"], ["/o=B"], [], "")


def test_a_bad_primary_address_is_told_as_it_stands() -> None:
    assert addresses(["SMTP:none", "smtp:a@b.example"]) == (["a@b.example"], [], [], "none")
