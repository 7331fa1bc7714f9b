"""Tests of proxy/layers/measure.py."""

import asyncio
from collections.abc import Mapping

import pytest

from protocols.model.freebusy import Question, Reason, Unavailable
from proxy.connector import Connector
from proxy.layers.measure import Measure
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, boxes, window
from tests.contracts.virtual import elapsed, run

QUESTION = Question(window=window(0, 24))


class _Seen:
    def __init__(self) -> None:
        self.calls: list[tuple[str, float, dict[str, int]]] = []

    def observe(self, connector: str, seconds: float, outcomes: Mapping[str, int]) -> None:
        self.calls.append((connector, seconds, dict(outcomes)))


class TestMeasure(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Measure(peer, name="b", metrics=_Seen())


def test_how_long_and_how_it_ended() -> None:
    seen = _Seen()
    refused = {name: Unavailable(mailbox=None, reason=Reason.NO_ACCESS) for name in ("ann@b.example", "bob@b.example")}
    measure = Measure(Scripted(refusals=refused, takes=2), name="b", metrics=seen, timer=elapsed)
    run(measure.lookup(boxes("ann", "bob", "carl"), QUESTION))
    assert seen.calls == [("b", 2, {"no-access": 2, "answered": 1})]


def test_calls_that_are_called_off_count_too() -> None:
    seen = _Seen()

    async def cancelled() -> None:
        measure = Measure(Scripted(takes=9), name="b", metrics=seen, timer=elapsed)
        task = asyncio.create_task(measure.lookup(boxes("ann", "bob"), QUESTION))
        await asyncio.sleep(3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(cancelled())
    assert seen.calls == [("b", 3, {"called-off": 2})]
