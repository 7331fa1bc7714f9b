"""Tests of console/hubs/showing.py."""

from dataclasses import replace

from calsync.contents import fields
from calsync.spoke import Act
from calsync.steps import Step, Why
from console.hubs.showing import SIGNS, changed, changes, difference
from tests.console.hubs.merger import KICK_OFF
from tests.contracts.spoke_events import span

CREATE = Step(act=Act.CREATE, why=Why.NEW, item="i", spoke="south", fields=fields(KICK_OFF))
UPDATE = replace(
    CREATE,
    act=Act.UPDATE,
    why=Why.CHANGED,
    fields=fields(replace(KICK_OFF, subject="Evil\x1b[2J")),
    before=fields(KICK_OFF),
    changes=frozenset({"subject"}),
)
DELETE = replace(CREATE, act=Act.DELETE, why=Why.GONE, fields={}, before=fields(KICK_OFF))


def test_every_act_has_its_sign() -> None:
    assert SIGNS.keys() == set(Act)


def test_each_step_with_its_reason_and_its_changes() -> None:
    evil = "Evil\N{REPLACEMENT CHARACTER}[2J"
    when = "2026-11-09 09:00 to 10:00 (UTC)"
    assert list(difference([CREATE, DELETE, UPDATE])) == [
        ("~", f"update at south: {evil}, {when}: changed at another spoke"),
        (" ", f"    subject: Kick-off -> {evil}"),
        ("+", f"create at south: Kick-off, {when}: new at another spoke"),
        ("x", f"delete at south: Kick-off, {when}: gone where it came from"),
    ]
    assert list(difference([CREATE, UPDATE, DELETE], most=1))[2:] == [("#", "and 2 more steps")]


def test_steps_stand_by_spoke_and_time() -> None:
    later = replace(CREATE, fields=fields(replace(KICK_OFF, when=span(12, 9))))
    north = replace(later, spoke="north")
    told = [line.partition(":")[0] + line.partition(",")[2][:11] for _, line in difference([later, CREATE, north])]
    assert told == ["create at north 2026-11-12", "create at south 2026-11-09", "create at south 2026-11-12"]


def test_what_nobody_looked_at_is_not_said_to_be_nothing() -> None:
    told = changes(None, {"subject": "New"}, frozenset({"subject", "location"}))
    assert told == [{"field": "subject", "before": None, "after": "New"}]
    assert list(changed(told)) == ["subject: becomes New"]
    gone = changes({"location": "Room"}, {}, frozenset({"location"}))
    assert list(changed(gone)) == ["location: Room -> (nothing)"]
