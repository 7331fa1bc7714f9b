"""Each pair of calendars, where the rules become others and where others are invited: copies follow, originals stay."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from calsync.items import Item
from calsync.rules import Detail, Gets, Gives, Treat
from protocols.model.event import Event, Sensitivity
from tests.calsync.spokes.pairs.nasty import TABLE
from tests.calsync.spokes.pairs.pair import ALL, EVERYTHING, Pair, pair, standing
from tests.calsync.spokes.pairs.sides import PAIRS, SIDES
from tests.contracts.spoke_events import SERIES, span
from tests.contracts.spoke_world import bare

OPEN: Final = Event(when=span(9, 9), subject="Open", location="Room", body="Text")
SECRET: Final = replace(OPEN, subject="Secret", sensitivity=Sensitivity.PRIVATE)
GUEST: Final = b"guest@"


@pytest.fixture(params=PAIRS, ids="-".join)
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair[Event]]:
    """A pair of two empty calendars."""
    one, other = request.param
    async with SIDES[one]() as here, SIDES[other]() as there, pair(here, there, tmp_path) as made:
        yield made


def ruled(two: Pair[Event], gives: Gives = EVERYTHING, gets: Gets = ALL) -> None:
    """What the one side gives from now on, and what the hub makes of it at the other."""
    one, other = two.rules.spokes
    two.rules = replace(two.rules, spokes=(replace(one, gives=gives), replace(other, gets=gets)))


async def copies(two: Pair[Event]) -> Mapping[str, Item]:
    """What stands at the other side, by subject."""
    found = (await standing(two.other)).values()
    return {each.content.subject: each for each in found if isinstance(each.content, Event)}


async def test_private_items_follow_the_rule(two: Pair[Event]) -> None:
    for event in (OPEN, SECRET):
        await two.one.stage.user.create(event)
    before = await standing(two.one)
    for treat, wanted in (
        (Treat.SKIP, {"Open"}),
        (Treat.BUSY, {"Open", "Busy"}),
        (Treat.COPY, {"Open", "Secret"}),
        (Treat.BUSY, {"Open", "Busy"}),
        (Treat.SKIP, {"Open"}),
    ):
        ruled(two, replace(EVERYTHING, private=treat))
        await two.sync()
        found = await copies(two)
        assert set(found) == wanted
        if treat is Treat.BUSY:
            content: Any = found["Busy"].content
            assert (content.when, content.location, content.body) == (SECRET.when, "", "")
        await two.quiet()
    assert await standing(two.one) == before
    assert b"Secret" not in b"".join(two.other.stage.wire()[-1:])


async def test_what_the_rules_put_on_comes_and_goes_and_is_never_carried_back(two: Pair[Event]) -> None:
    for event in (OPEN, SERIES["an occurrence with words of its own"]):
        await two.one.stage.user.create(event)
    before = await standing(two.one)
    plain = None
    for gets in (
        ALL,
        replace(ALL, prefix="[B] ", category="Of B", people=True),
        replace(ALL, subject="Taken", private=True),
        replace(ALL, detail=Detail.SUBJECT),
        replace(ALL, detail=Detail.BUSY),
        ALL,
    ):
        ruled(two, gets=gets)
        await two.sync()
        found = {subject: bare(item.content) for subject, item in (await copies(two)).items()}
        plain = plain or found
        assert (found == plain) is (gets == ALL)
        await two.quiet()
        await two.quiet(whole=True)
    assert await standing(two.one) == before


async def test_a_prefix_stays_when_a_copy_is_edited(two: Pair[Event]) -> None:
    ruled(two, gets=replace(ALL, prefix="[B] ", category="Of B"))
    key = await two.one.stage.user.create(OPEN)
    await two.sync()
    [copy] = (await copies(two)).values()
    assert isinstance(copy.content, Event)
    await two.other.stage.user.change(copy.key, replace(copy.content, subject="[B] Edited", location="Roof"))
    await two.sync()
    content: Any = (await standing(two.one))[key].content
    if two.one.stage.spoke.ability.writable:
        assert (content.subject, content.location, content.categories) == ("Edited", "Roof", ())
    assert set(await copies(two)) == {f"[B] {content.subject}"}
    await two.quiet()


async def test_meetings_are_copied_as_appointments_and_never_touched(two: Pair[Event]) -> None:
    event = SERIES["an occurrence moved"]
    key = await two.one.stage.user.create(event)
    await two.one.stage.user.invite(key)
    before = await standing(two.one)
    assert before[key].guarded
    sent = len(two.one.stage.wire()), len(two.other.stage.wire())
    await two.sync()
    [copy] = (await copies(two)).values()
    assert not copy.guarded
    assert isinstance(copy.content, Event)
    assert not copy.content.meeting
    assert copy.content.exceptions.keys() == event.exceptions.keys()
    await two.other.stage.user.change(copy.key, replace(copy.content, subject="Edited"))
    await two.sync()
    assert set(await copies(two)) == {event.subject}
    await two.quiet()
    await two.other.stage.user.delete(copy.key)
    await two.sync()
    assert set(await copies(two)) == {event.subject}
    assert await standing(two.one) == before
    assert GUEST not in b"".join([*two.one.stage.wire()[sent[0] :], *two.other.stage.wire()[sent[1] :]])
    await two.quiet()


async def test_a_copy_that_became_a_meeting_is_left_alone(two: Pair[Event]) -> None:
    key = await two.one.stage.user.create(OPEN)
    await two.sync()
    [copy] = (await copies(two)).values()
    await two.other.stage.user.invite(copy.key)
    invited = await standing(two.other)
    await two.one.stage.user.change(key, replace(OPEN, subject="Edited"))
    await two.sync()
    await two.quiet()
    await two.one.stage.user.delete(key)
    await two.sync()
    assert await standing(two.other) == invited
    await two.quiet()


async def test_two_that_look_alike_are_two_on_both_sides(two: Pair[Event]) -> None:
    for _ in range(2):
        await two.one.stage.user.create(TABLE["timed"])
    await two.sync()
    assert len(await standing(two.other)) == 2
    await two.quiet()
    await two.lose_the_ledger()
    assert list((await two.sync()).steps) == []


async def test_purge_takes_back_the_copies_and_nothing_else(two: Pair[Event]) -> None:
    await two.one.stage.user.create(OPEN)
    await two.one.stage.user.create(SERIES["an occurrence moved"])
    own = await two.other.stage.user.create(replace(OPEN, subject="Of the other side"))
    before = await standing(two.one)
    await two.sync()
    assert (await two.engine.purge()).well
    assert set(await standing(two.other)) == {own}
    assert await standing(two.one) == before
