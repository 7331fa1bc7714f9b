"""What an original holds back is never destroyed there by what somebody does to its copy, over the wire and back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from calsync.items import Item
from calsync.plans.shielding import HOLDS
from calsync.rules import Detail, Gives, Treat
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.bad_input.joint import EVERYTHING, Joint, joint, standing
from tests.contracts.spoke_events import span

SYSTEMS: Final = ["google", "graph", "ews", "public"]
HOUR: Final = timedelta(hours=1)
WHEN: Final = span(10, 9)
DAILY: Final = Recurrence(frequency=Frequency.DAILY, count=8)
SERIES: Final = Event(when=WHEN, rule=DAILY, subject="Treatment", body="Notes of the series")
SECOND: Final = WHEN.start + timedelta(days=1)
SURGEON: Final = Occurrence(
    when=Span(SECOND + 2 * HOUR, SECOND + 3 * HOUR, WHEN.zone),
    subject="With the surgeon",
    location="Clinic",
    body="PRECIOUS NOTES",
)
PRIVATE: Final = replace(SURGEON, sensitivity=Sensitivity.PRIVATE)
WAYS: Final[dict[str, tuple[Occurrence, Gives]]] = {
    "private and skipped": (PRIVATE, replace(EVERYTHING, private=Treat.SKIP)),
    "private and told as busy": (PRIVATE, replace(EVERYTHING, private=Treat.BUSY)),
    "told without texts": (SURGEON, replace(EVERYTHING, detail=Detail.SUBJECT)),
    "told as busy": (SURGEON, replace(EVERYTHING, detail=Detail.BUSY)),
    "longer than is told": (replace(SURGEON, body="x" * 40_000 + "TAIL"), EVERYTHING),
}
CASES: Final = [(system, way) for system in SYSTEMS for way in WAYS if system != "google" or way.startswith("told")]
"""Google has no private occurrence of a series that is not, and takes no text as long as that."""


async def entered(made: Joint, one: Occurrence, gives: Gives) -> str:
    """A series of which one occurrence differs, and its copy on the other side; the key of that."""
    names = (made.bad.spoke.name, made.well.spoke.name)
    by_name = {each.name: each for each in made.rules.spokes}
    one_side = replace(by_name[names[0]], gives=gives)
    made.rules = replace(made.rules, spokes=(one_side, by_name[names[1]]))
    await made.bad.user.create(replace(SERIES, exceptions={SECOND: one}))
    await made.sync()
    [copy] = await standing(made.well)
    return copy


async def original(made: Joint) -> tuple[Item, Event]:
    """What stands where the series was entered."""
    [item] = (await standing(made.bad)).values()
    assert isinstance(item.content, Event)
    return item, item.content


async def copied(made: Joint, copy: str) -> Event:
    """What stands on the other side."""
    content = (await standing(made.well))[copy].content
    assert isinstance(content, Event)
    return content


def later(event: Event) -> Event:
    """The whole series an hour later, as programs move one."""
    assert isinstance(event.when, Span)
    moved = replace(event.when, start=event.when.start + HOUR, end=event.when.end + HOUR)
    return replace(event, when=moved, exceptions={})


@pytest.mark.parametrize(("system", "way"), CASES)
async def test_a_series_ended_or_moved_at_its_copy_takes_nothing_from_its_original(
    system: str, way: str, tmp_path: Path
) -> None:
    one, gives = WAYS[way]
    async with joint(system, tmp_path) as made:
        copy = await entered(made, one, gives)
        before, as_it_was = await original(made), await copied(made, copy)
        for changed in (replace(as_it_was, rule=replace(DAILY, count=5)), later(as_it_was)):
            await made.well.user.change(copy, changed)
            report = await made.sync()
            assert report.well
            if gives.detail is not Detail.BUSY:
                assert HOLDS in {left.words for left in report.left}
            after = await original(made)
            assert (after[1], after[0].cut, after[0].version) == (before[1], before[0].cut, before[0].version)
            assert (await copied(made, copy)).rule == as_it_was.rule
            assert (await copied(made, copy)).when == as_it_was.when
        await made.quiet(whole=True)


@pytest.mark.parametrize("system", SYSTEMS[1:])
async def test_a_name_given_at_the_copy_leaves_the_private_occurrence_alone(system: str, tmp_path: Path) -> None:
    async with joint(system, tmp_path) as made:
        copy = await entered(made, *WAYS["private and skipped"])
        _, before = await original(made)
        await made.well.user.change(copy, replace(await copied(made, copy), subject="Another name"))
        assert (await made.sync()).well
        _, after = await original(made)
        assert replace(after, subject="Treatment") == before
        assert after.subject == "Another name"


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_series_that_is_told_in_full_is_ended_from_its_copy_and_keeps_its_occurrence(
    system: str, tmp_path: Path
) -> None:
    async with joint(system, tmp_path) as made:
        copy = await entered(made, SURGEON, EVERYTHING)
        _, before = await original(made)
        await made.well.user.change(copy, replace(await copied(made, copy), rule=replace(DAILY, count=5)))
        assert (await made.sync()).well
        _, after = await original(made)
        assert after == replace(before, rule=replace(DAILY, count=5))
        await made.quiet(whole=True)
