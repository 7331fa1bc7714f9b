"""Tests of proxy/directories/kept.py."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from proxy.directories.kept import Kept
from tests.contracts.virtual import now, run

KEEP = timedelta(minutes=10)


class _Source:
    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.calls: list[str] = []

    async def __call__(self, key: str) -> tuple[str, int]:
        self.calls.append(key)
        await asyncio.sleep(1)
        if self.failure is not None:
            raise self.failure
        return key, len(self.calls)


def _played(play: Callable[[Kept[str, tuple[str, int]], _Source], object]) -> None:
    async def played() -> None:
        source = _Source()
        kept = Kept("b", source, keep=KEEP, clock=now, most=2)
        await play(kept, source)  # type: ignore[misc]
        await kept.close()

    run(played())


def test_one_question_for_all_who_ask_meanwhile_and_none_while_it_is_fresh() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        assert kept.look("a") is None
        assert await asyncio.gather(*(kept.ask("a") for _ in range(5))) == [("a", 1)] * 5
        await asyncio.sleep(400)
        assert kept.look("a") == ("a", 1)
        assert source.calls == ["a"]

    _played(play)


def test_what_grows_old_is_asked_again_before_anybody_waits_for_it() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        await kept.ask("a")
        await asyncio.sleep(500)
        assert kept.look("a") == ("a", 1)
        await asyncio.sleep(5)
        assert kept.look("a") == ("a", 2)
        await asyncio.sleep(700)
        assert kept.look("a") is None

    _played(play)


def test_an_old_answer_stands_while_the_directory_fails_but_not_for_ever() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        await kept.ask("a")
        source.failure = PeerError(Reason.UNREACHABLE, "down")
        await asyncio.sleep(3600)
        assert kept.look("a") is None
        assert await kept.ask("a") == ("a", 1)
        assert kept.look("a") == ("a", 1)
        failure = kept.look("b")  # nobody else is asked while it is down
        assert isinstance(failure, PeerError)
        assert failure.reason is Reason.UNREACHABLE
        assert source.calls == ["a", "a"]
        await asyncio.sleep(24 * 3600)
        assert isinstance(await kept.ask("a"), PeerError)
        assert kept.failures == 2

    _played(play)


@pytest.mark.parametrize("asks", [1, 600, 86_400])
def test_a_directory_that_failed_is_left_alone_as_long_as_it_asks(asks: int) -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        source.failure = PeerError(Reason.THROTTLED, retry_after=timedelta(seconds=asks))
        await kept.ask("a")
        await asyncio.sleep(min(max(asks, 15), 600) - 1)
        assert isinstance(kept.look("b"), PeerError)
        await asyncio.sleep(2)
        assert kept.look("b") is None

    _played(play)


def test_what_fails_for_one_spoils_no_other() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        source.failure = PeerError(Reason.INCOMPLETE, "a page")
        await kept.ask("a")
        source.failure = None
        assert isinstance(kept.look("a"), PeerError)
        assert kept.look("b") is None
        assert await kept.ask("b") == ("b", 2)
        await asyncio.sleep(15)
        assert await kept.ask("a") == ("a", 3)

    _played(play)


def test_our_own_bug_is_a_failure_and_no_exception() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        source.failure = RuntimeError("hunter2")
        failure = await kept.ask("a")
        assert isinstance(failure, PeerError)
        assert "hunter2" not in str(failure)

    _played(play)


def test_it_holds_no_more_than_it_may() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        for key in "abc":
            await kept.ask(key)
        assert [kept.look(key) is None for key in "abc"] == [True, False, False]

    _played(play)


def test_who_gives_up_ends_it_for_nobody() -> None:
    async def play(kept: Kept[str, tuple[str, int]], source: _Source) -> None:
        waiting = asyncio.create_task(asyncio.wait_for(asyncio.shield(kept.ask("a")), 0.5))
        with pytest.raises(TimeoutError):
            await waiting
        await asyncio.sleep(1)
        assert kept.look("a") == ("a", 1)

    _played(play)
