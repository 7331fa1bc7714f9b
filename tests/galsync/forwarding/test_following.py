"""Tests of galsync/forwarding/following.py."""

import pytest

from galsync.forwarding.following import Mail
from galsync.forwarding.forwards import Forward
from tests.galsync.forwarding.post_office import ELSEWHERE, NEW, OLD, TO_NEW, post

BOB, BOB_NEW = "bob@a.example", "bob@b.example"


@pytest.mark.parametrize(
    ("new", "bob", "hops"),
    [
        (Forward(), Forward(), []),
        (ELSEWHERE, Forward(), []),
        (Forward(OLD), Forward(), [NEW, OLD]),
        (Forward("a.lee@a.example"), Forward(), [NEW, "a.lee@a.example"]),
        (Forward(BOB), Forward(), []),
        (Forward(BOB), TO_NEW, [NEW, BOB, NEW]),
        (Forward(NEW), Forward(), [NEW, NEW]),
    ],
)
def test_mail_to_its_end(new: Forward, bob: Forward, hops: list[str]) -> None:
    posts = {OLD: post(OLD, ELSEWHERE, "a.lee@a.example"), BOB: post(BOB, bob)}
    assert Mail(posts, {NEW: post(NEW, new)}, {OLD: NEW}).circle(OLD) == hops


def test_what_is_planned_counts_and_not_what_stands() -> None:
    posts = {OLD: post(), BOB: post(BOB, TO_NEW)}
    beyond = {NEW: post(NEW, Forward(BOB)), BOB_NEW: post(BOB_NEW)}
    assert Mail(posts, beyond, {OLD: NEW, BOB: BOB_NEW}).circle(OLD) == []


def test_where_it_goes() -> None:
    assert Mail({OLD: post(OLD, ELSEWHERE)}, {NEW: post(NEW)}, {OLD: NEW}).hops() == {"ann@home.example", NEW}
