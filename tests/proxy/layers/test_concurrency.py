"""Tests of proxy/layers/concurrency.py."""

import asyncio

import pytest

from protocols.model.freebusy import Question
from proxy.layers.concurrency import side_by_side
from tests.contracts.scripted import Scripted, boxes, window
from tests.contracts.virtual import elapsed, run

QUESTION = Question(window=window(0, 24))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_results_come_in_order_and_at_the_same_time(count: int) -> None:
    async def asked() -> tuple[int, float]:
        peers = [Scripted(takes=5 - n) for n in range(count)]
        names = [boxes(f"u{n}") for n in range(count)]
        found = await side_by_side([peer.lookup(name, QUESTION) for peer, name in zip(peers, names, strict=True)])
        assert [[answer.mailbox for answer in answers] for answers in found] == names
        return len(found), elapsed()

    assert run(asked()) == (count, 5 if count else 0)


def test_cancelling_ends_them_all() -> None:
    peer = Scripted(takes=10)

    async def cancelled() -> None:
        task = asyncio.create_task(side_by_side([peer.lookup(boxes(name), QUESTION) for name in ("ann", "bob")]))
        await asyncio.sleep(1)
        assert peer.under_way == 2
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert peer.under_way == 0

    run(cancelled())
