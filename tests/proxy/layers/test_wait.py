"""Whoever boards a flight that waits in a line waits in a line of its own, with its own patience, and for its part."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from protocols.model.freebusy import Answer, Question, Reason
from proxy.asking import ASKING, Asking
from proxy.connector import Connector
from proxy.layers.coalesce import Coalesce
from proxy.layers.line import Line
from tests.contracts.scripted import Scripted, boxes, reasons, window
from tests.contracts.virtual import elapsed, run

QUESTION = Question(window=window(0, 24))
THROTTLED = Reason.THROTTLED


class _Passes:
    """A layer between the two that asks for each mailbox alone, in a task of its own."""

    def __init__(self, inner: Connector) -> None:
        self._inner = inner

    async def lookup(self, mailboxes: Sequence[Any], question: Question) -> list[Answer]:
        found = await asyncio.gather(*(self._inner.lookup([mailbox], question) for mailbox in mailboxes))
        return [answer for [answer] in found]


class _Ground:
    """A peer that takes a second for a call, with one turn, and 100 questions of a flooder that wait before it."""

    def __init__(self, *, queue: float = 60, takes: float = 1, flood: int = 100, apart: bool = False) -> None:
        self.peer = Scripted(takes=takes)
        self.line = Line(
            self.peer,
            name="b",
            turns=1,
            calls=lambda mailboxes, _: len(mailboxes),
            queue=timedelta(seconds=queue),
            chance=lambda: 0.5,
        )
        self.coalesce = Coalesce(_Passes(self.line) if apart else self.line)
        self.flood = [self.ask("flooder", f"u{number}") for number in range(flood)]

    def ask(self, caller: str, *names: str) -> "asyncio.Task[tuple[list[Answer], float]]":
        return asyncio.create_task(self._asked(caller, names))

    async def end(self) -> None:
        await self.coalesce.close()
        await asyncio.gather(*self.flood)
        assert self.line.waiting == 0

    @property
    def asked(self) -> list[list[str]]:
        return [[address.partition("@")[0] for address in addresses] for addresses, _ in self.peer.calls]

    async def _asked(self, caller: str, names: Sequence[str]) -> tuple[list[Answer], float]:
        if caller:
            ASKING.set(Asking(since=1, caller=caller))
        return await self.coalesce.lookup(boxes(*names), QUESTION), elapsed()


def test_nobody_waits_in_the_line_of_whoever_asked_first() -> None:
    async def asked() -> tuple[list[Answer], float]:
        ground = _Ground()
        first = ground.ask("flooder", "hot")
        await asyncio.sleep(0.5)
        second = await ground.ask("other", "hot")
        assert (await first)[0] == second[0], "they share one call still"
        await ground.end()
        return second

    answers, seconds = run(asked())
    assert reasons(answers) == [None]
    assert seconds == 3, "after the one under way and the flooder's next"


def test_nobody_inherits_the_patience_of_whoever_asked_first() -> None:
    async def asked() -> None:
        ground = _Ground(queue=2, takes=3, flood=1)
        first = ground.ask("flooder", "hot")
        await asyncio.sleep(1.5)
        second = ground.ask("other", "hot")
        answers, seconds = await first
        assert (reasons(answers), seconds) == ([THROTTLED], 2)
        assert [answer.mailbox.asked for answer in answers if answer.mailbox] == ["SMTP:HOT@b.example"]
        answers, seconds = await second
        assert (reasons(answers), seconds) == ([None], 6)
        assert ground.line.refused == 1
        await ground.end()

    run(asked())


def test_what_only_the_refused_wanted_is_not_asked() -> None:
    async def asked() -> None:
        ground = _Ground(queue=2, takes=3, flood=1)
        first = ground.ask("flooder", "x", "hot", "y")
        await asyncio.sleep(1.5)
        second = ground.ask("other", "hot")
        assert reasons((await first)[0]) == [THROTTLED] * 3
        assert reasons((await second)[0]) == [None]
        assert ground.asked == [["u0"], ["hot"]]
        await ground.end()

    run(asked())


def test_whoever_comes_after_all_were_refused_takes_another_flight() -> None:
    async def asked() -> None:
        ground = _Ground(queue=2, takes=3, flood=1)
        first = ground.ask("flooder", "hot")
        await first  # ends before its flight does
        answers, seconds = await ground.ask("other", "hot")
        assert (reasons(answers), seconds) == ([None], 6)
        await ground.end()

    run(asked())


def test_whoever_wants_a_refused_one_and_a_waiting_one_gets_both() -> None:
    async def asked() -> None:
        ground = _Ground(queue=2, takes=3, flood=1)
        first = ground.ask("flooder", "x", "hot")
        await asyncio.sleep(1.5)
        second = ground.ask("other", "hot")
        await first
        ground.peer.takes = 0.5
        third = ground.ask("another", "x", "hot")
        assert reasons((await second)[0] + (await third)[0]) == [None] * 3
        assert ground.asked == [["u0"], ["hot"], ["x"]]
        await ground.end()

    run(asked())


def test_a_thousand_who_wait_for_the_same_take_one_turn() -> None:
    async def asked() -> None:
        ground = _Ground(flood=1)
        crowd = [ground.ask(f"caller-{number % 10}", "hot") for number in range(1_000)]
        await asyncio.sleep(0.5)
        last = ground.ask("last", "other")
        answered = await asyncio.gather(*crowd)
        assert [(reasons(answers), seconds) for answers, seconds in answered] == [([None], 2)] * 1_000
        assert (await last)[1] == 3
        assert ground.asked == [["u0"], ["hot"], ["other"]]
        assert (ground.line.waiting, ground.line.refused, ground.peer.most_at_once) == (0, 0, 1)
        await ground.end()

    run(asked())


def test_who_is_called_pays_for_its_own_part() -> None:
    async def asked() -> None:
        ground = _Ground(flood=1)
        first = ground.ask("flooder", *(f"x{number}" for number in range(20)), "hot")
        await asyncio.sleep(0.2)
        second = ground.ask("other", "hot")
        mine, theirs = (
            [ground.ask(whose, f"{whose}{number}") for number in range(6)] for whose in ("other", "flooder")
        )
        await asyncio.gather(*mine)
        assert not any(task.done() for task in theirs[1:]), "the flooder has had twenty, the other one"
        await asyncio.gather(first, second, *theirs)
        await ground.end()

    run(asked())


def test_who_asks_without_a_caller_has_a_line_too() -> None:
    async def asked() -> float:
        ground = _Ground()
        ground.ask("flooder", "hot")
        await asyncio.sleep(0)
        _, seconds = await ground.ask("", "hot")
        await ground.end()
        return seconds

    assert run(asked()) == 3


def test_a_flight_waits_on_when_all_have_left() -> None:
    async def asked() -> None:
        ground = _Ground(flood=1)
        first = ground.ask("other", "hot")
        await asyncio.sleep(0.5)
        first.cancel()
        await asyncio.sleep(1)
        assert ground.asked == [["u0"], ["hot"]]
        await ground.end()

    run(asked())


def test_each_part_of_a_flight_waits_for_those_who_want_it() -> None:
    async def asked() -> None:
        ground = _Ground(queue=2, takes=3, flood=1, apart=True)
        first = ground.ask("flooder", "x", "hot")
        await asyncio.sleep(1.5)
        second = ground.ask("other", "hot")
        assert reasons((await first)[0]) == [THROTTLED] * 2
        answers, seconds = await second
        assert (reasons(answers), seconds) == ([None], 6)
        assert ground.asked == [["u0"], ["hot"]]
        await ground.end()

    run(asked())
