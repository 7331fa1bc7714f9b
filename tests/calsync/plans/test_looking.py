"""Tests of calsync/plans/looking.py: what somebody changed since the ledger was written."""

from dataclasses import replace
from typing import Any

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import digests, fields
from calsync.items import Item
from calsync.plans.details import BUSY, NOTHING, level
from calsync.plans.looking import behind, look
from calsync.plans.situation import Situation
from calsync.rules import Detail, HubRules
from calsync.spoke import Ability
from protocols.model.event import Sensitivity
from tests.calsync.plans.model import NOW, event, giver, rules, whatever

WAS = event(location="Room", body="Text")
FIELDS = fields(WAS)
STOOD = digests(FIELDS)
LINKS = {
    name: Link(spoke=name, key="1", version="v1", asked=STOOD, stood=STOOD, made=name != "a", copies=name != "a")
    for name in "ab"
}
AGREED = Agreed(id="x", origin="a", fields=FIELDS, links=LINKS)
OPEN = rules(giver("a"), giver("b"))


def situation(hub: HubRules = OPEN, *, everything: bool = False, **seen: Item | None) -> Situation:
    return Situation(
        rules=hub,
        now=NOW,
        seen={spoke: {"1": item} for spoke, item in seen.items()},
        unread={},
        abilities={name: Ability(fit=whatever) for name in "ab"},
        everything=everything,
    )


def item(**more: Any) -> Item:
    return Item(key="1", version="v2", content=replace(WAS, **more), changed_at=NOW)


def test_another_version_alone_is_no_edit() -> None:
    found = look(situation(a=item()), AGREED)
    assert found.edits == []
    assert found.links["a"].version == "v2"


def test_an_edit_names_what_changed_and_when() -> None:
    (edit,) = look(situation(b=item(subject="New", location="")), AGREED).edits
    assert (edit.spoke, edit.values, edit.at) == ("b", {"subject": "New", "location": None}, NOW)


def test_what_changed_at_a_copy_has_to_be_looked_at_again() -> None:
    link = look(situation(b=item(subject="New")), AGREED).links["b"]
    assert link.asked["subject"] == ANEW
    assert link.asked["location"] == STOOD["location"]


def test_gone_and_not_seen_are_two_things() -> None:
    found = look(situation(b=None), AGREED)
    assert (set(found.lost), set(found.links)) == ({"b"}, {"a"})


def test_the_base_is_what_the_origin_gives_now() -> None:
    less = rules(giver("a", detail=Detail.BUSY), giver("b"))
    found = look(situation(less, a=item()), AGREED)
    assert (level(found.base), "body" in found.base, found.edits) == (BUSY, False, [])
    hidden = look(situation(a=item(sensitivity=Sensitivity.PRIVATE)), AGREED)
    assert level(hidden.base) == NOTHING


def test_other_rules_hold_for_what_was_not_seen_as_far_as_the_ledger_knows_it() -> None:
    less = rules(giver("a", detail=Detail.BUSY), giver("b"))
    assert level(look(situation(less, everything=True), AGREED).base) == BUSY
    assert level(look(situation(less), AGREED).base) != BUSY
    again = replace(AGREED, fields={"when": FIELDS["when"], "detail": "busy"})
    assert look(situation(everything=True), again).base == again.fields


def test_who_changes_what_was_still_to_be_written_had_not_seen_it() -> None:
    newer = replace(AGREED, fields={**FIELDS, "subject": "First"}, pending=True, by="a")
    assert behind(situation(), newer, LINKS["b"]) == {"subject"}
    assert behind(situation(), replace(newer, pending=False), LINKS["b"]) == frozenset()
    found = look(situation(b=item(subject="Second", body="More")), newer)
    assert found.unseen is not None
    assert (found.unseen.spoke, found.unseen.values) == ("a", {"subject": "First"})
