"""Tests of galsync/forwarding/forwards.py."""

import pytest

from galsync.forwarding.forwards import NOWHERE, Forward


@pytest.mark.parametrize(
    ("to", "address"),
    [
        ("SMTP:Ann@B.example", "ann@b.example"),
        ("smtp:ann@b.example", "ann@b.example"),
        ("ann@b.example", "ann@b.example"),
        ("", ""),
        ("X400:c=DE", "x400:c=de"),
    ],
)
def test_the_address_in_it(to: str, address: str) -> None:
    assert Forward(to).address == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Forward("SMTP:a@b.example"), Forward("smtp:A@B.example"), True),
        (Forward("a@b.example", True), Forward("a@b.example"), False),
        (Forward("a@b.example", True, "trash"), Forward("a@b.example", True, "archive"), False),
        (Forward("", True), NOWHERE, True),
        (Forward("a@b.example"), NOWHERE, False),
    ],
)
def test_whether_mail_goes_the_same_way(one: Forward, other: Forward, same: bool) -> None:
    assert one.same(other) is other.same(one) is same


def test_in_words() -> None:
    assert (str(NOWHERE), str(Forward("SMTP:a@b.example", True))) == ("nowhere", "a@b.example, and a copy stays")
