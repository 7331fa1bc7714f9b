"""The delta of a calendar view of the simulated Outlook."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from simulation.graph.calendar_desk import CalendarDesk
from tests.simulation.graph.calendar_asking import ANNA, EVENTS, ask, body, desk, moment, weekly

VIEW = f"/users/{ANNA}/calendarView/delta"
FIRST = f"{VIEW}?startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-12-01T00:00:00Z"


async def told(desk: CalendarDesk, path: str = FIRST, prefer: str = "") -> tuple[list[dict[str, Any]], str]:
    values: list[dict[str, Any]] = []
    while True:
        reply = await ask(desk, "GET", path, prefer=prefer)
        assert reply.status == 200
        assert reply.body is not None
        values += reply.body["value"]
        following = reply.body.get("@odata.nextLink") or reply.body["@odata.deltaLink"]
        parts = urlsplit(following)
        path = f"{parts.path.removeprefix('/v1.0')}?{parts.query}"
        if "@odata.deltaLink" in reply.body:
            return values, path


async def test_series_come_expanded_and_whole_on_one_page() -> None:
    here = desk()
    one = here.plant(ANNA, body())
    series = here.plant(ANNA, weekly())
    here.plant(ANNA, body(start=moment("2027-05-01T09:00:00"), end=moment("2027-05-01T09:00:00")))
    values, _ = await told(here, prefer="odata.maxpagesize=1")
    assert [each["type"] for each in values] == ["singleInstance", "seriesMaster", *["occurrence"] * 4]
    assert {each["id"].partition(".")[0] for each in values} == {one.key, series.key}


async def test_only_what_changed_is_told_and_what_left_is_removed() -> None:
    here = desk()
    keys = [here.plant(ANNA, body()).key for _ in range(4)]
    _, link = await told(here)
    assert (await told(here, link))[0] == []
    here.touch(ANNA, keys[0])
    assert (await ask(here, "DELETE", f"{EVENTS}/{keys[1]}")).status == 204
    away = {"start": moment("2031-01-01T09:00:00"), "end": moment("2031-01-01T09:00:00")}
    assert (await ask(here, "PATCH", f"{EVENTS}/{keys[2]}", away)).status == 200
    values, again = await told(here, link)
    assert {each["id"]: "@removed" in each for each in values} == {keys[0]: False, keys[1]: True, keys[2]: True}
    assert (await told(here, again))[0] == []
    assert {each["id"] for each in (await told(here, link))[0]} == set(keys[:3])  # a token may be used again


async def test_an_occurrence_thrown_away_is_told_by_its_series() -> None:
    here = desk()
    key = here.plant(ANNA, weekly()).key
    _, link = await told(here)
    assert (await ask(here, "DELETE", f"{EVENTS}/{key}.2026-11-16")).status == 204
    values, _ = await told(here, link)
    assert [each["id"] for each in values] == [key, f"{key}.2026-11-09", f"{key}.2026-11-23", f"{key}.2026-11-30"]
    assert "@removed" not in values[0]


async def test_tokens_expire_and_wrong_ones_are_refused() -> None:
    here = desk()
    _, link = await told(here)
    here.expire()
    assert (await ask(here, "GET", link)).status == 410
    for wrong in (VIEW, f"{VIEW}?$deltatoken=x", f"{FIRST}&$select=id"):
        assert (await ask(here, "GET", wrong)).status == 400


async def test_a_page_may_be_lost() -> None:
    here = desk()
    for _ in range(3):
        here.plant(ANNA, body())
    here.page = 2
    reply = await ask(here, "GET", FIRST, lost=True)
    assert reply.body is not None
    assert reply.body["@odata.nextLink"].endswith("lost")


@pytest.mark.parametrize("day", ["2026-12-14", "2026-11-29"])
async def test_what_was_moved_counts_where_it_is(day: str) -> None:
    here = desk()
    series = here.plant(ANNA, weekly(), calendar="own")
    moved = {"start": moment(f"{day}T09:00:00"), "end": moment(f"{day}T10:00:00")}
    assert (await ask(here, "PATCH", f"{EVENTS}/{series.key}.2026-11-30", moved)).status == 200
    values, _ = await told(here)
    assert ("exception" in [each["type"] for each in values]) is (day < "2026-12")
