"""The upstream of the benchmarks answers what our own client reads, and counts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bench.questions import DAYS, EVENTS, WINDOWS, address, body
from bench.upstream import Upstream, answer, events

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


async def test_the_calls_are_counted() -> None:
    async with TestClient(TestServer(Upstream().application())) as client:
        for calls in range(3):
            assert await (await client.get("/calls")).json() == calls
            response = await client.post("/EWS/Exchange.asmx", data=body([address(1)], TODAY))
            assert response.status == 200
        assert (await client.post("/delay", params={"seconds": "0"})).status == 200
