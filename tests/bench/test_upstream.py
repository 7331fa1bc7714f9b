"""The upstream of the benchmarks answers what our own client reads, and counts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bench.questions import DAYS, EVENTS, WINDOWS, address, body
from bench.upstream import STATUSES, Upstream, answer, events

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("first", range(WINDOWS))
def test_every_window_sees_the_same_number_of_events(first: int) -> None:
    start = datetime.combine(TODAY + timedelta(days=first), time(), UTC)
    for ahead in (timedelta(hours=1), timedelta(hours=2)):  # of UTC, as the zone asked in is
        low, high = start - ahead, start - ahead + timedelta(days=DAYS)
        assert sum(begin < high and end > low for begin, end in events(TODAY)) == EVENTS


def test_each_address_is_answered_under_its_own_name() -> None:
    text = answer(body([address(1), address(2)], TODAY), TODAY)
    assert text.count(b">NoError<") == 2
    assert text.count(address(1).encode()) == text.count(address(2).encode()) == len(events(TODAY))


def test_details_are_told_only_where_they_are_asked_for() -> None:
    plain = answer(body([address(1)], TODAY, view="FreeBusy"), TODAY)
    assert b"CalendarEventDetails" not in plain
    assert plain.count(b"<t:CalendarEvent>") == len(events(TODAY))


def test_a_merged_view_is_cut_to_the_window_and_of_the_strongest() -> None:
    start = events(TODAY)[2][0]
    window = (start - timedelta(minutes=15), start + timedelta(minutes=75))
    asked = (
        b"<t:Address>a@fabrikam.example</t:Address><t:StartTime>%b</t:StartTime><t:EndTime>%b</t:EndTime></t:TimeWindow>"
        b"<t:MergedFreeBusyIntervalInMinutes>15</t:MergedFreeBusyIntervalInMinutes>"
        b"<t:RequestedView>MergedOnly</t:RequestedView>"
    ) % tuple(each.strftime("%Y-%m-%dT%H:%M:%SZ").encode() for each in window)
    assert STATUSES[2] == "Tentative"
    assert b"<t:MergedFreeBusy>011110<" in answer(asked, TODAY)
    with pytest.raises(ValueError, match="in UTC"):
        answer(asked.replace(b"Z<", b"<"), TODAY)


async def test_the_calls_are_counted() -> None:
    async with TestClient(TestServer(Upstream().application())) as client:
        for calls in range(3):
            assert await (await client.get("/calls")).json() == calls
            response = await client.post("/EWS/Exchange.asmx", data=body([address(1)], TODAY))
            assert response.status == 200
        assert (await client.post("/delay", params={"seconds": "0"})).status == 200
