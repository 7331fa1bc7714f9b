"""Tests of calsync/plans/linking.py: what the ledger knows after a step."""

from dataclasses import replace
from typing import Any

import pytest

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import digests, fields
from calsync.items import Item
from calsync.plans.details import NOTHING, labelled
from calsync.plans.linking import AGAIN, UNSEEN, after, bare, linked, refused, settled, touched
from calsync.plans.refusals import REFUSED, kept
from calsync.spoke import Act
from calsync.steps import Decision, Step, Why
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import event

SHALL = fields(event(location="Room"))
LINK = Link(spoke="b", key="1", version="v1", asked=digests(SHALL), stood=digests(SHALL), made=True, copies=2)
AGREED = Agreed(id="x", origin="a", fields=SHALL, links={"b": LINK}, pending=True)


def step(act: Act, link: Link | None = LINK, *changes: str, **more: str) -> Step:
    return Step(
        act=act, why=Why.CHANGED, item="x", spoke="b", fields=SHALL | more, changes=frozenset(changes), link=link
    )


def told(**more: Any) -> Item:
    one = replace(event(), **{"location": "ROOM", **more})
    return Item(key="1", version="v2", content=one, uid="u")


def test_after_a_create_all_that_stands_there_is_known() -> None:
    link = linked(step(Act.CREATE, None), told())
    assert (link.key, link.version, link.uid, link.made, link.copies) == ("1", "v2", "u", True, 1)
    assert link.asked == digests(SHALL)
    assert link.stood == digests(fields(told().content))


def test_each_copy_counts() -> None:
    assert linked(step(Act.CREATE, replace(LINK, version="")), told()).copies == 3
    assert linked(step(Act.UPDATE, LINK, "subject"), told()).copies == 2


def test_what_an_update_did_not_write_is_as_it_was_seen() -> None:
    link = linked(step(Act.UPDATE, LINK, "subject", subject="New"), told(subject="new", body="by somebody"))
    assert link.stood["subject"] == digests({"x": "new"})["x"]
    assert link.stood["location"] == LINK.stood["location"]  # ROOM counts when it is read
    assert "body" not in link.stood
    assert link.asked["subject"] == digests({"x": "New"})["x"]


def test_servers_may_make_occurrences_anew_with_the_series() -> None:
    series = event(rule=Recurrence(frequency=Frequency.DAILY), exceptions={event().when.start: None})  # type: ignore[union-attr]
    stands = Item(key="1", version="v2", content=series)
    (name,) = (name for name in fields(series) if name.startswith("at "))
    assert name not in linked(step(Act.UPDATE, LINK, "body"), stands).stood
    assert name in linked(step(Act.UPDATE, LINK, "when"), stands).stood


def test_what_was_changed_right_after_it_was_made_is_looked_at() -> None:
    made = step(Act.CREATE, None)
    link = linked(made, told(subject="Something else"))
    assert link.version == told().version + UNSEEN
    assert link.stood["subject"] == link.asked["subject"]
    own = linked(made, told(subject=str(made.fields["subject"]).upper()))
    assert own.version == told().version
    assert own.stood["subject"] != own.asked["subject"]


def test_so_is_what_was_changed_while_something_else_was_written() -> None:
    link = linked(step(Act.UPDATE, LINK, "subject", subject="New"), told(subject="New", body="by somebody"))
    assert link.version == told().version + UNSEEN


def test_where_somebody_was_there_after_it_was_made_all_that_is_another_is_theirs() -> None:
    made = step(Act.CREATE, None, body="Ours")
    item = told(location="Room", body="Theirs", categories=("A",))
    link = linked(made, item, later=True)
    assert link.version == item.version + UNSEEN
    assert link.stood == link.asked
    assert linked(made, item).version == item.version
    same = told(location="ROOM", body="Ours")
    assert linked(made, same, later=True).version == same.version


def test_so_is_what_was_written_but_for_what_the_server_does_not_let_go_of() -> None:
    change = step(Act.UPDATE, LINK, "subject", "body", "location", subject="New", body="Ours", location="Elsewhere")
    item = told(subject="New", body="Theirs", location="Room")
    link = linked(change, item, later=True)
    assert link.version == item.version + UNSEEN
    assert link.stood["body"] == link.asked["body"]
    assert link.stood["location"] == LINK.stood["location"] != link.asked["location"]
    own = linked(change, told(subject="New", body="Ours", location="Room"), later=True)
    assert own.version == item.version


def test_after_a_removal_nothing_stands_there_and_the_count_stays() -> None:
    link = after(AGREED, step(Act.DELETE), None).links["b"]
    assert (link.version, link.copies) == ("", 2)


def test_a_second_copy_that_went_leaves_the_first() -> None:
    twin = step(Act.DELETE, replace(LINK, key="2"))
    assert after(AGREED, twin, None) == AGREED


def test_what_is_refused_is_not_asked_again_until_something_else_is_wanted() -> None:
    link = refused(AGREED, step(Act.UPDATE, LINK, "subject", subject="New"), "too long").links["b"]
    assert link.left == REFUSED + "too long"
    assert (link.asked, link.barred) == (LINK.asked, {"subject": digests({"x": "New"})["x"]})
    assert refused(AGREED, step(Act.DELETE), "no").links["b"].asked == LINK.asked
    assert refused(AGREED, step(Act.CREATE, None), "no") == AGREED, "it stands there"


@pytest.mark.parametrize("copies", [0, 2])
def test_a_copy_that_is_refused_is_known_to_be_missing(copies: int) -> None:
    lost = replace(LINK, version="", copies=copies) if copies else None
    links = {name: each for name, each in AGREED.links.items() if name != "b"} | ({"b": lost} if lost else {})
    found = refused(replace(AGREED, links=links), step(Act.CREATE, lost), "no").links["b"]
    assert (found.version, found.left, found.copies, bool(found.key)) == ("", REFUSED + "no", copies, bool(copies))
    assert (kept(found), kept(replace(found, version="v")), kept(replace(found, left="by hand"))) == (
        found.left,
        "",
        "",
    )


@pytest.mark.parametrize("waits", [True, False])
def test_an_item_is_settled_unless_a_spoke_took_no_part(waits: bool) -> None:
    rest = settled(AGREED, Decision(item="x", agreed=AGREED, waits=waits))
    assert rest == replace(AGREED, pending=waits)
    assert rest is not None
    assert touched(rest) == waits


def test_what_nothing_is_left_of_is_forgotten() -> None:
    dead = {"b": replace(LINK, version="")}
    assert not bare(AGREED)
    assert not bare(replace(AGREED, ended=True))
    assert bare(replace(AGREED, ended=True, links=dead))
    assert settled(replace(AGREED, ended=True, links={}), Decision(item="x", agreed=AGREED)) is None
    withheld = replace(AGREED, fields=labelled({}, NOTHING))
    assert bare(replace(withheld, links={"a": LINK}))
    assert not bare(replace(withheld, links=dead))  # it may be given again, by other tokens


def test_what_becomes_another_as_soon_as_it_was_put_back_is_left_until_there_is_more_to_do() -> None:
    back = replace(step(Act.UPDATE, LINK, "body", body="Ours"), why=Why.PUT_BACK)
    item = told(location="Room", body="Theirs")
    link = linked(back, item, later=True)
    assert (link.version, link.left, link.asked["body"]) == (item.version, AGAIN, ANEW)
    assert link.stood == digests(fields(item.content))
    assert linked(replace(back, why=Why.CHANGED), item, later=True).left == ""
    assert linked(back, told(location="Room", body="Ours"), later=True).left == ""
