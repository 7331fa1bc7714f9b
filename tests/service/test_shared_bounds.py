"""Tests of service/shared_bounds.py, in virtual time: only what this process listened counts."""

import asyncio

import pytest

from service.shared_bounds import Bound
from tests.contracts.virtual import VirtualLoop, elapsed, run


def _stall(seconds: float) -> None:
    """As if the loop had been busy for so long."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop._jumping.now += seconds


async def _waited(heard: asyncio.Event, *, stalls: tuple[tuple[float, float], ...] = ()) -> tuple[bool, bool, float]:
    """Whether ``heard`` was within a tenth of a second, whether that was listened for, and when it ended."""
    for at, seconds in stalls:
        asyncio.get_running_loop().call_later(at, _stall, seconds)
    bound = Bound(0.1)
    try:
        async with bound:
            await heard.wait()
    except TimeoutError:
        return False, bound.heard, elapsed()
    return True, bound.heard, elapsed()


def test_what_never_comes_ends_in_time() -> None:
    found, heard, ended = run(_waited(asyncio.Event()))
    assert (found, heard) == (False, True)
    assert ended == pytest.approx(0.1)


def test_what_comes_in_time_is_there() -> None:
    async def asked() -> tuple[bool, bool, float]:
        heard = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, heard.set)
        return await _waited(heard)

    found, heard, ended = run(asked())
    assert (found, heard) == (True, False)
    assert ended == pytest.approx(0.05)


def test_a_stall_of_this_process_is_no_delay_of_the_other() -> None:
    async def asked() -> tuple[bool, bool, float]:
        heard = asyncio.Event()
        asyncio.get_running_loop().call_later(0.011, heard.set)  # heard of only once the stall is over
        return await _waited(heard, stalls=((0.01, 0.5),))

    assert run(asked())[0]
    found, heard, ended = run(_waited(asyncio.Event(), stalls=((0.01, 0.5),)))
    assert (found, heard) == (False, True)
    assert ended == pytest.approx(0.6, abs=0.03)


def test_who_stalls_without_end_does_not_wait_without_end() -> None:
    def again() -> None:
        _stall(0.04)
        asyncio.get_running_loop().call_later(0.01, again)

    async def asked() -> tuple[bool, bool, float]:
        asyncio.get_running_loop().call_later(0.01, again)
        return await _waited(asyncio.Event())

    found, heard, ended = run(asked())
    assert (found, heard) == (False, False)
    assert ended < 2


def test_another_error_and_a_cancellation_pass() -> None:
    async def failing() -> None:
        async with Bound(0.1):
            raise KeyError

    async def cancelled() -> None:
        task = asyncio.ensure_future(_waited(asyncio.Event()))
        await asyncio.sleep(0.05)
        task.cancel()
        await task

    with pytest.raises(KeyError):
        run(failing())
    with pytest.raises(asyncio.CancelledError):
        run(cancelled())
