"""Tests of galsync/pairs/deciding.py."""

from galsync.pairs.deciding import absent, lacking, step_of, strangers
from galsync.pairs.ends import Organisation, Stock
from galsync.pairs.pieces import Absent
from tests.galsync.pairs.world import BROKEN, TextEnd, TextPiece

ENDS = (TextEnd("source", "a.example"), TextEnd("destination", "b.example"))
A = Organisation(id="a", domains=frozenset({"a.example"}))
B = Organisation(id="b", domains=frozenset({"b.example", *(f"b{number}.example" for number in range(9))}))


def test_a_step_says_what_and_why() -> None:
    piece = TextPiece("k", "on", told=("look out",))
    step = step_of(piece, "off", "because")
    assert step is not None
    assert (step.was, step.shall, step.why, step.notes) == ("off", "on", "because", ("look out",))
    assert step_of(piece, "on", "because") is None


def test_the_tenants_that_are_meant() -> None:
    assert strangers(ENDS, (A, B), "b.example") == []
    assert strangers(ENDS, (A, BROKEN), "") == ["destination cannot be read: HTTP 500"]
    (words,) = strangers(ENDS, (B, B), "")[:1]
    assert words.startswith("a.example is no verified domain of source: write one of b.example, b0.example")
    assert words.endswith("and 5 more")
    assert "source and destination are one tenant" in strangers(ENDS, (A, A), "")[-1]
    assert strangers(ENDS, (A, B), "c.example") == [
        "c.example is no verified domain of destination: accounts cannot be made in it"
    ]


def test_licences_are_counted_by_product() -> None:
    stock = {"A": Stock(sku="1", free=1), "B": Stock(sku="2", free=9), "C": None}
    told = lacking([("1", "2"), ("1",), ()], stock)
    assert told == [
        "1 licences of A lack: 2 are wanted and 1 are free",
        "the destination has no product C: see its licences in the Microsoft 365 admin centre",
    ]


def test_who_has_no_policy() -> None:
    assert absent(zip(ENDS, ("", BROKEN), strict=True)) == ""
    assert absent(zip(ENDS, ("", Absent("HTTP 400")), strict=True)).startswith("destination: the Microsoft 365 cross")
