"""Tests of galsync/plans/links.py: who of those that entries name stands in a target that links its objects."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from galsync.entries import Agreement, Entry, Form, Held, How, Stamp
from galsync.plans.links import Links
from galsync.plans.plan import plan
from galsync.rules import Rules
from galsync.steps import Act, Plan, Remedy
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

NOW = datetime(2026, 11, 23, tzinfo=UTC)
RULES = Rules(sync="s", fields={Field.DISPLAY_NAME: How.WRITE, Field.MANAGER: How.WRITE}, links=True)


def entry(name: str, *members: str, manager: str = "", form: Form = Form.MAIL_CONTACT) -> Entry:
    texts = {Field.DISPLAY_NAME: name, **({Field.MANAGER: f"{manager}@b.example"} if manager else {})}
    names = tuple(f"{each}@b.example" for each in members)
    return Entry(anchor=f"a:{name}", form=form, address=Mailbox.parse(f"{name}@b.example"), texts=texts, members=names)


def group(name: str, *members: str) -> Entry:
    return entry(name, *members, form=Form.GROUP)


def other(name: str, *addresses: str) -> Held:
    told = frozenset((f"{name}@c.example", *addresses))
    return Held(key=name, form=None, address=Mailbox.parse(f"{name}@c.example"), addresses=told)


def wanted(*entries: Entry) -> dict[str, Entry]:
    return {each.anchor: each for each in entries}


def planned(entries: dict[str, Entry], *held: Held, agreed: Mapping[str, Agreement] | None = None) -> Plan:
    return plan(entries, held, agreed or {}, RULES, now=NOW)


def carried_out(made: Plan, before: tuple[Held, ...] = ()) -> tuple[tuple[Held, ...], dict[str, Agreement]]:
    """What stands there once a plan has been done in a target that links, and what is agreed."""
    world = {each.key: each for each in before}
    agreed: dict[str, Agreement] = {}
    for step in made.steps:
        if step.act is Act.REMOVE and step.held:
            del world[step.held.key]
        if step.entry and step.act in (Act.CREATE, Act.UPDATE):
            there = {each.address.address for each in world.values() if each.address} | {step.entry.address.address}
            texts = {key: text for key, text in step.entry.texts.items() if key is not Field.MANAGER or text in there}
            key = step.held.key if step.held else step.anchor
            world[key] = Held(
                key=key,
                stamp=Stamp("s", step.anchor),
                form=step.entry.form,
                address=step.entry.address,
                addresses=frozenset({step.entry.address.address}),
                texts=texts,
                members=tuple(each for each in step.entry.members if each in there),
            )
        if step.agreement:
            agreed[step.anchor] = replace(step.agreement, key=step.anchor)
    return tuple(world.values()), agreed


def test_without_links_addresses_stay_as_they_are() -> None:
    links = Links(wanted=wanted(group("g", "x")), owners={}, rules=replace(RULES, links=False))
    assert links.first()["a:g"].members == ("x@b.example",)
    assert list(links.seen([other("x", "x@b.example")])) == [other("x", "x@b.example")]
    assert links.last()["a:g"].members == ("x@b.example",)
    assert links.absent == {}


def test_a_member_is_whoever_has_the_address_by_their_main_one() -> None:
    made = planned(wanted(group("g", "x", "ann"), entry("ann")), other("x", "x@b.example"))
    created = {step.anchor: step.entry for step in made.steps}
    assert created["a:g"] is not None
    assert created["a:g"].members == ("x@c.example", "ann@b.example")
    assert made.absent == {}


def test_who_is_nobody_is_left_out_and_named() -> None:
    made = planned(wanted(group("g", "x", "ann"), entry("ann", manager="y")))
    assert made.absent == {"g@b.example": ("x@b.example",), "ann@b.example": ("y@b.example",)}
    created = {step.anchor: step.entry for step in made.steps}
    assert created["a:g"] is not None
    assert created["a:g"].members == ("ann@b.example",)
    assert created["a:ann"] is not None
    assert Field.MANAGER not in created["a:ann"].texts


def test_somebody_done_without_by_decision_is_no_member_unless_another_object_serves() -> None:
    rules = replace(RULES, resolutions={"ann@b.example": Remedy.REUSE, "bob@b.example": Remedy.SKIP})
    entries = wanted(group("g", "ann", "bob"), entry("ann"), entry("bob"))
    made = plan(entries, [other("x", "ann@b.example")], {}, rules, now=NOW)
    [step] = [step for step in made.steps if step.anchor == "a:g"]
    assert step.entry is not None
    assert step.entry.members == ("x@c.example",)
    assert made.absent == {"g@b.example": ("bob@b.example",)}


def test_members_come_before_their_group_and_managers_before_their_people() -> None:
    made = planned(wanted(group("a", "b", "z"), group("b", "z"), entry("c", manager="z"), entry("z")))
    assert [step.anchor for step in made.steps] == ["a:z", "a:b", "a:c", "a:a"]


def test_who_name_one_another_are_written_all_the_same() -> None:
    """One of them is without the other until the next run, which ends it."""
    entries = wanted(group("a", "b"), group("b", "a"), entry("c", manager="d"), entry("d", manager="c"))
    made = planned(entries)
    assert made.counts == {Act.CREATE: 4}
    standing, agreed = carried_out(made)
    again = planned(entries, *standing, agreed=agreed)
    assert set(again.counts) <= {Act.UPDATE}
    standing, agreed_too = carried_out(again, standing)
    assert planned(entries, *standing, agreed=agreed | agreed_too).steps == ()


def test_a_retired_member_stays_until_they_are_removed() -> None:
    standing, agreed = carried_out(planned(wanted(group("g", "ann", "bob"), entry("ann"), entry("bob"))))
    made = planned(wanted(group("g", "ann", "bob"), entry("bob")), *standing, agreed=agreed)
    assert made.counts == {Act.RETIRE: 1}
    later = plan(
        wanted(group("g", "ann", "bob"), entry("bob")),
        [each for each in standing if each.key != "a:ann"],
        {anchor: each for anchor, each in agreed.items() if anchor != "a:ann"},
        RULES,
        now=NOW + timedelta(days=31),
    )
    assert later.absent == {"g@b.example": ("ann@b.example",)}


names = st.sampled_from(["p", "q", "r", "s", "t"])
books = st.dictionaries(
    names, st.tuples(st.booleans(), st.lists(names, max_size=4), st.sampled_from(["", *"pqrstx"])), max_size=5
)


def _made(book: dict[str, tuple[bool, list[str], str]]) -> dict[str, Entry]:
    return wanted(
        *(
            group(name, *dict.fromkeys(members)) if grouped else entry(name, manager=manager)
            for name, (grouped, members, manager) in book.items()
        )
    )


@given(books, books)
@settings(max_examples=60)
def test_a_world_settles_in_two_runs_whoever_names_whom(
    before: dict[str, tuple[bool, list[str], str]], after: dict[str, tuple[bool, list[str], str]]
) -> None:
    rules = replace(RULES, grace=timedelta(0))
    standing: tuple[Held, ...] = ()
    agreed: dict[str, Agreement] = {}
    for entries in (_made(before), _made(after)):
        for _ in range(4):
            made = plan(entries, standing, agreed, rules, now=NOW)
            standing, learned = carried_out(made, standing)
            gone = {*made.forget, *(step.anchor for step in made.steps if step.agreement is None)}
            agreed = {key: each for key, each in (agreed | learned).items() if key not in gone}
            if not made.steps:
                break
        assert plan(entries, standing, agreed, rules, now=NOW).steps == ()


def test_members_of_other_domains_are_addresses_and_those_of_the_targets_own_are_told_by_their_main_ones() -> None:
    rules = replace(RULES, links=False, own_domains=frozenset({"b.example"}))
    led = entry("ann", manager="nobody")
    names = ("x@b.example", "y@b.example", "ann@b.example", "Out@d.example", "main@d.example")
    team = replace(group("g"), members=names)
    standing = [other("x", "x@b.example"), other("d", "main@d.example")]
    made = plan(wanted(team, led), standing, {}, rules, now=NOW)
    created = {step.anchor: step.entry for step in made.steps if step.entry}
    assert created["a:g"].members == ("x@c.example", "ann@b.example", "Out@d.example", "d@c.example")
    assert made.absent == {"g@b.example": ("y@b.example",)}
    assert created["a:ann"] == led
