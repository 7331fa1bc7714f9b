"""One search for many, kept for hours, made anew where the address has gone, and not over and over."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Reason
from proxy.wiring.peers.discovered import Discovered

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class World:
    """Where the service lies, what the search brings, and what was done."""

    def __init__(self) -> None:
        self.lies_at = self.told = "old"
        self.searches: list[datetime] = []
        self.asked: list[str] = []
        self.search_fails: Reason | None = None
        self.reason = Reason.PEER_FAILED
        self.discovered = Discovered(self.find)

    async def find(self, now: datetime) -> str:
        self.searches.append(now)
        await asyncio.sleep(0)
        if self.search_fails:
            raise PeerError(self.search_fails)
        return self.told

    async def ask(self, url: str) -> list[Answer]:
        self.asked.append(url)
        if url != self.lies_at:
            raise PeerError(self.reason, "HTTP 404")
        return []

    async def question(self, now: datetime) -> list[Answer]:
        return await self.discovered.asked(self.ask, now)

    def move(self) -> None:
        self.lies_at = self.told = "new"


async def test_many_who_ask_at_once_search_once() -> None:
    world = World()
    await asyncio.gather(*(world.question(NOW) for _ in range(5)))
    assert (len(world.searches), world.asked) == (1, ["old"] * 5)


async def test_it_is_kept_for_six_hours() -> None:
    world = World()
    for later in (NOW, NOW + 5.9 * HOUR, NOW + 6 * HOUR, NOW + 11 * HOUR):
        await world.question(later)
    assert world.searches == [NOW, NOW + 6 * HOUR]


@pytest.mark.parametrize("reason", [Reason.PEER_FAILED, Reason.UNREACHABLE, Reason.GARBLED])
async def test_a_move_is_followed_within_the_question(reason: Reason) -> None:
    world = World()
    world.reason = reason
    await world.question(NOW)
    world.move()
    assert await world.question(NOW + 10 * MINUTE) == []
    assert world.asked == ["old", "old", "new"]


@pytest.mark.parametrize("reason", [Reason.UNAUTHORIZED, Reason.THROTTLED, Reason.TIMEOUT])
async def test_what_no_move_explains_begins_no_search(reason: Reason) -> None:
    world = World()
    await world.question(NOW)
    world.lies_at, world.reason = "nowhere", reason
    with pytest.raises(PeerError, match=reason.value):
        await world.question(NOW + 10 * MINUTE)
    assert world.searches == [NOW]


async def test_a_service_that_fails_is_not_searched_for_over_and_over() -> None:
    world = World()
    await world.question(NOW)
    world.lies_at = "nowhere"
    for minutes in range(1, 21):
        with pytest.raises(PeerError, match="HTTP 404"):
            await world.question(NOW + minutes * MINUTE)
    assert world.searches == [NOW, NOW + 5 * MINUTE, NOW + 10 * MINUTE, NOW + 15 * MINUTE, NOW + 20 * MINUTE]


async def test_what_was_right_is_not_given_up_because_nobody_tells_it_again() -> None:
    world = World()
    await world.question(NOW)
    world.search_fails = Reason.UNREACHABLE
    assert await world.question(NOW + 7 * HOUR) == []
    assert world.asked == ["old", "old"]


async def test_without_any_address_the_failure_of_the_search_is_told() -> None:
    world = World()
    world.search_fails = Reason.UNAUTHORIZED
    with pytest.raises(PeerError, match="unauthorized"):
        await world.question(NOW)
    world.search_fails = None
    with pytest.raises(PeerError, match="unauthorized"):
        await world.question(NOW + timedelta(seconds=19))
    assert world.searches == [NOW], "who cannot be found is not searched for by every question"
    assert await world.question(NOW + timedelta(seconds=20)) == []


async def test_who_gives_up_waiting_ends_no_search_for_the_others() -> None:
    world = World()
    first = asyncio.create_task(world.question(NOW))
    second = asyncio.create_task(world.question(NOW))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == []
    assert first.cancelled()
