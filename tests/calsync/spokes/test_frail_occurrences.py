"""Other times of a series: an occurrence that holds more than is told is named, and never rewritten from what is."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from calsync.event_fields import field_of
from calsync.spoke import Spoke
from protocols.model.event import Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.spokes.exchange_calendar_world import element
from tests.calsync.spokes.exchange_calendar_world import world as exchange
from tests.calsync.spokes.graph_calendar_world import mailbox
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import done, failed, standing, update

WHEN: Final = span(10, 9)
DAILY: Final = Recurrence(frequency=Frequency.DAILY, count=8)
SECOND, THIRD = (WHEN.start + timedelta(days=each) for each in (1, 2))
MOVED: Final = Span(SECOND + timedelta(hours=2), SECOND + timedelta(hours=3), WHEN.zone)
LONG: Final = "x" * 40_000 + "TAIL"
SERIES: Final = Event(when=WHEN, rule=DAILY, subject="Treatment", exceptions={THIRD: None})


@dataclass(slots=True, kw_only=True)
class Side:
    """A calendar, somebody who works in it, and how a file comes into the second occurrence of a series."""

    spoke: Spoke
    user: Any
    attach: Callable[[str], None]
    text: Callable[[str], str]
    """What stands in the text of the second occurrence."""


@asynccontextmanager
async def on_exchange() -> AsyncIterator[Side]:
    """A mailbox of an Exchange server."""
    async with exchange() as there:

        def attach(key: str) -> None:
            entry = there.anna.stored(key)
            entry.differing[2]["HasAttachments"] = element("<t:HasAttachments>true</t:HasAttachments>")

        def text(key: str) -> str:
            body = there.anna.stored(key).differing[2]["Body"]
            return (body.text if body is not None else "") or ""

        yield Side(spoke=there.calendar(), user=there.anna, attach=attach, text=text)


@asynccontextmanager
async def in_the_cloud() -> AsyncIterator[Side]:
    """A mailbox of Microsoft 365."""
    async with mailbox() as there:

        def attach(key: str) -> None:
            [one] = there.user.stored(key).altered.values()
            one.properties["hasAttachments"] = True

        def text(key: str) -> str:
            [one] = there.user.stored(key).altered.values()
            return str(one.properties["body"]["content"])

        yield Side(spoke=there.spoke(), user=there.user, attach=attach, text=text)


SIDES: Final = {"exchange": on_exchange, "graph": in_the_cloud}
_CHANGES: Final[dict[str, Callable[[Event], tuple[Event, tuple[str, ...]]]]] = {
    "fewer": lambda now: (replace(now, rule=replace(DAILY, count=5)), ("rule",)),
    "longer": lambda now: (replace(now, when=replace(WHEN, end=WHEN.end + timedelta(hours=1))), ("when",)),
}


async def entered(side: Side, body: str) -> str:
    """The series with a text in its second occurrence; its key."""
    one = Occurrence(when=MOVED, body=body)
    return str(await side.user.create(replace(SERIES, exceptions={SECOND: one, THIRD: None})))


@pytest.mark.parametrize("change", _CHANGES)
@pytest.mark.parametrize("side", SIDES)
async def test_a_series_with_a_text_that_is_cut_gets_no_other_times(side: str, change: str) -> None:
    async with SIDES[side]() as there:
        key = await entered(there, LONG)
        before = await standing(there.spoke, key)
        assert before.cut == {field_of(SECOND)}
        assert isinstance(before.content, Event)
        wanted, names = _CHANGES[change](before.content)
        outcome = await failed(there.spoke, update(before, wanted, *names))
        assert outcome.refused
        assert "would be lost" in outcome.words
        assert (await standing(there.spoke, key)).version == before.version
        assert there.text(key).endswith("TAIL")
        named = await failed(there.spoke, update(before, wanted, *names, field_of(SECOND)))
        assert named.refused  # what is cut is never written, whoever names it
        assert there.text(key).endswith("TAIL")


@pytest.mark.parametrize("side", SIDES)
async def test_no_other_occurrence_comes_back_at_its_cost(side: str) -> None:
    async with SIDES[side]() as there:
        key = await entered(there, LONG)
        before = await standing(there.spoke, key)
        assert isinstance(before.content, Event)
        back = {start: one for start, one in before.content.exceptions.items() if one is not None}
        wanted = replace(before.content, exceptions=back)
        assert (await failed(there.spoke, update(before, wanted, field_of(THIRD)))).refused
        assert there.text(key).endswith("TAIL")


@pytest.mark.parametrize("side", SIDES)
async def test_files_in_an_occurrence_are_named_and_kept(side: str) -> None:
    async with SIDES[side]() as there:
        key = await entered(there, "Short")
        there.attach(key)
        before = await standing(there.spoke, key)
        assert before.frail == {field_of(SECOND)}
        assert not before.cut
        assert isinstance(before.content, Event)
        wanted, names = _CHANGES["fewer"](before.content)
        assert (await failed(there.spoke, update(before, wanted, *names))).refused
        renamed = await done(there.spoke, update(before, replace(before.content, subject="Other"), "subject"))
        assert renamed.frail == {field_of(SECOND)}
        ended = replace(before.content, rule=replace(DAILY, count=1), exceptions={})
        after = await done(there.spoke, update(renamed, ended, "rule"))  # it is meant to go with the rest
        assert isinstance(after.content, Event)
        assert after.content.exceptions == {}


@pytest.mark.parametrize("side", SIDES)
async def test_what_nobody_names_is_as_it_stood_when_a_series_comes_at_other_times(side: str) -> None:
    async with SIDES[side]() as there:
        key = await entered(there, "Short")
        before = await standing(there.spoke, key)
        assert isinstance(before.content, Event)
        wanted = replace(before.content, rule=replace(DAILY, count=5), exceptions={})
        after = await done(there.spoke, update(before, wanted, "rule"))
        assert isinstance(after.content, Event)
        assert after.content == replace(before.content, rule=replace(DAILY, count=5))
