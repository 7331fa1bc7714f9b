"""An item at the ends of time is named, and ends no run."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from calsync.engine.taking import UNCOUNTABLE, taken
from calsync.items import Content, Item, Unread
from protocols.model.card import Card
from protocols.model.event import Days, Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence
from service.runs.states import RunState
from tests.calsync.world.world import World
from tests.contracts.spoke_events import span

DAILY = Event(when=span(9, 9), rule=Recurrence(frequency=Frequency.DAILY))
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ODD = [
    Event(when=Span(LAST, LAST, "Pacific/Kiritimati")),
    Event(when=Span(FIRST, FIRST, "America/New_York")),
    Event(when=Span(datetime(1970, 1, 1, tzinfo=UTC), LAST)),
    Event(when=Days(date(1, 1, 1), date(9999, 12, 31))),
    Event(when=Days(date(9999, 12, 30), date(9999, 12, 31))),
    replace(DAILY, extra=(LAST,)),
    replace(DAILY, exceptions={FIRST: None}),
    replace(DAILY, exceptions={span(9, 9).start: Occurrence(when=Span(LAST, LAST))}),
]


@pytest.mark.parametrize("content", ODD)
def test_what_lies_at_the_ends_of_time_cannot_be_read(content: Content) -> None:
    assert taken(Item(key="k", version="v", content=content)) == Unread("k", UNCOUNTABLE)


@pytest.mark.parametrize(
    "content",
    [
        DAILY,
        Card(display_name="Bo"),
        Event(when=Span(datetime(1601, 1, 1, tzinfo=UTC), datetime(4500, 1, 1, tzinfo=UTC))),
        replace(DAILY, extra=(span(9, 12).start + timedelta(days=9),), exceptions={span(9, 9).start: None}),
    ],
)
def test_all_else_can(content: Content) -> None:
    item = Item(key="k", version="v", content=content)
    assert taken(item) is item


async def test_the_good_one_beside_it_is_copied_and_an_edit_into_the_far_leaves_its_copies(world: World) -> None:
    north, south, _ = world.servers.values()
    key = north.create(replace(DAILY, subject="good"))
    for number, odd in enumerate(ODD):
        north.create(replace(odd, subject=f"odd {number}"))
    report = await world.sync(guards=True)
    assert report is not None
    assert (report.state, len(report.outlook.unread["north"])) == (RunState.DONE, len(ODD))
    assert [one.content.subject for one in south.standing.values() if isinstance(one.content, Event)] == ["good"]
    _, told = await world.ledger.search("merger", "")
    assert {aside.why for aside in told} == {f"cannot be read: {UNCOUNTABLE}"}
    north.change(key, ODD[2])
    await world.sync(guards=True)
    assert len(south.standing) == 1
    north.change(key, replace(DAILY, subject="better"))
    await world.sync(guards=True)
    assert [one.content.subject for one in south.standing.values() if isinstance(one.content, Event)] == ["better"]
