"""Tests of calsync/plans/refusals.py: what a spoke refuses is found out part by part."""

from dataclasses import replace

import pytest

from calsync.agreed import ANEW, Link
from calsync.contents import digests
from calsync.plans.refusals import PART, REFUSED, barred, first_part, held, said, without

SHALL = {"when": "15", "subject": "New", "body": "Long"}
WAS = digests({"when": "9", "subject": "Old", "location": "Room"})
LINK = Link(spoke="b", key="1", version="v", asked=WAS)
ALL = frozenset({*SHALL, "location"})


def test_several_refused_together_are_tried_one_by_one_times_first() -> None:
    link = without(LINK, SHALL, ALL, "too long")
    assert (link.left, link.barred, link.asked) == (PART + "too long", {}, WAS)
    assert first_part(ALL) == {"when"}
    assert first_part(ALL - {"when"}) == {"body"}
    assert first_part({"at 2026-11-02", "rule", "body"}) == {"at 2026-11-02", "rule"}


@pytest.mark.parametrize(("changes", "value"), [("body", digests(SHALL)["body"]), ("location", ANEW)])
def test_one_that_is_refused_by_itself_is_barred_as_it_is(changes: str, value: bytes) -> None:
    link = without(replace(LINK, left=PART), SHALL, frozenset({changes}), "no")
    assert (link.left, link.barred) == (PART + "no", {changes: value})
    assert barred(link, digests(SHALL), ALL) == {changes}
    assert barred(link, digests({"body": "Short", "location": "Hall"}), ALL) == frozenset()


def test_the_last_one_ends_the_trying() -> None:
    link = replace(LINK, asked=digests({**SHALL, "body": "Old"}), left=PART)
    assert without(link, SHALL, frozenset({"body"}), "no").left == REFUSED + "no"


def test_what_was_not_written_is_still_asked_as_it_was() -> None:
    stands = digests(SHALL)
    link = replace(LINK, left=PART + "no", barred={"body": stands["body"]})
    assert held(link, stands, frozenset({"when"})) == {
        "subject": WAS["subject"],
        "location": WAS["location"],
        "body": ANEW,
    }
    assert held(replace(link, left=""), stands, frozenset({"when"})) == {"body": ANEW}
    assert held(LINK, stands, frozenset({"when"})) == {}


def test_it_is_told_as_long_as_anything_is_refused() -> None:
    assert said(PART + "no", {"body": b"12345678"}) == REFUSED + "no"
    assert said(REFUSED + "no", {"body": b"12345678"}) == REFUSED + "no"
    assert said(REFUSED + "no", {}) == ""
