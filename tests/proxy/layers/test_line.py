"""No more calls at once than there are turns, in fair lines, and nobody waits in them for longer than it may."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.asking import ASKING, Asking
from proxy.layers.batch import BatchLimits
from proxy.layers.line import CROWDED, Line, calls_of
from tests.contracts.virtual import run
from tests.proxy.turned import until

_START = datetime(2026, 11, 20, tzinfo=UTC)
_QUESTION = Question(window=TimeWindow(_START, _START + timedelta(days=1)))


class _Peer:
    """Answers when it is let, and remembers how many were with it at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.inside = self.most = 0
        self.gate = asyncio.Event()

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        self.asked.append(mailboxes[0].address)
        self.inside += len(mailboxes)
        self.most = max(self.most, self.inside)
        await self.gate.wait()
        self.inside -= len(mailboxes)
        return [_free(mailbox, question) for mailbox in mailboxes]


class _Step(_Peer):
    """Lets one go on at a time, in the order they came."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        self.asked.append(mailboxes[0].address)
        await asyncio.sleep(0)
        return [_free(mailbox, question) for mailbox in mailboxes]


def _free(mailbox: Mailbox, question: Question) -> Answer:
    return Availability(
        mailbox=mailbox, window=question.window, intervals=Intervals.pack([]), source="script", as_of=_START
    )


def _line(peer: _Peer, *, turns: int = 2, queue: float = 60, weights: dict[str, float] | None = None) -> Line:
    return Line(
        peer,
        name="fabrikam",
        turns=turns,
        calls=lambda mailboxes, _: len(mailboxes),
        queue=timedelta(seconds=queue),
        weights=weights,
        chance=lambda: 0.5,
    )


async def _ask(line: Line, *addresses: str, caller: str = "") -> list[Answer]:
    if caller:
        ASKING.set(Asking(caller=caller))  # of this task alone
    return await line.lookup([Mailbox.parse(f"{each}@fabrikam.example") for each in addresses], _QUESTION)


async def test_no_more_at_once_than_there_are_turns() -> None:
    peer = _Peer()
    line = _line(peer, turns=3)
    tasks = [asyncio.create_task(_ask(line, f"p{number}")) for number in range(10)]
    await asyncio.sleep(0)
    assert (peer.most, line.waiting) == (3, 7)
    peer.gate.set()
    answers = await asyncio.gather(*tasks)
    assert all(isinstance(answer, Availability) for [answer] in answers)
    assert peer.most == 3
    assert line.waiting == line.refused == 0


async def test_one_question_of_another_caller_is_next_but_one() -> None:
    peer = _Step()
    line = _line(peer, turns=1)
    big = [asyncio.create_task(_ask(line, f"big{number}", caller="big")) for number in range(100)]
    await asyncio.sleep(0)
    small = asyncio.create_task(_ask(line, "small", caller="small"))
    await small
    assert peer.asked.index("small@fabrikam.example") <= 2
    await asyncio.gather(*big)
    assert len(peer.asked) == 101


async def test_shares_go_by_calls_and_weight() -> None:
    peer = _Step()
    line = _line(peer, turns=1, weights={"heavy": 2})
    tasks = [
        asyncio.create_task(_ask(line, *(f"{caller}{number}" for _ in range(calls)), caller=caller))
        for caller, calls in (("many", 4), ("one", 1), ("heavy", 1))
        for number in range(60)
    ]
    await until(lambda: len(peer.asked) >= 70)
    counted = {caller: sum(each.startswith(caller) for each in peer.asked[:70]) for caller in ("many", "one", "heavy")}
    assert counted["many"] * 2 < counted["one"] < counted["heavy"]
    await asyncio.gather(*tasks)


async def test_whose_turn_does_not_come_is_told_when_to_come_again() -> None:
    peer = _Peer()
    line = _line(peer, turns=1, queue=0.01)
    first = asyncio.create_task(_ask(line, "first"))
    await asyncio.sleep(0)
    answers = await _ask(line, "late", "later")
    assert answers == [
        Unavailable(
            mailbox=Mailbox.parse(f"{each}@fabrikam.example"),
            reason=Reason.THROTTLED,
            retry_after=timedelta(seconds=0.015),
            detail=CROWDED,
            whole_call=True,
            source="fabrikam",
        )
        for each in ("late", "later")
    ]
    assert line.refused == 1
    assert peer.asked == ["first@fabrikam.example"]
    peer.gate.set()
    assert isinstance((await first)[0], Availability)
    assert isinstance((await _ask(line, "again"))[0], Availability)


def test_only_time_in_lines_counts() -> None:
    async def asked() -> None:
        peer = _Peer()
        line = _line(peer, turns=1, queue=5)
        first = asyncio.create_task(_ask(line, "first"))
        await asyncio.sleep(100)
        old, patient, hurried = Asking(since=0.001), Asking(since=99.9, waited=3), Asking(since=99.9, waited=5)
        tasks = [asyncio.create_task(_asked_by(line, asking)) for asking in (old, patient, hurried)]
        await asyncio.sleep(1)
        assert [task.done() for task in tasks] == [False, False, True]
        await asyncio.sleep(1.5)
        assert [task.done() for task in tasks] == [False, True, True]
        assert isinstance((await tasks[1])[0], Unavailable)
        peer.gate.set()
        await first
        assert isinstance((await tasks[0])[0], Availability)
        assert [asking.waited for asking in (old, patient, hurried)] == [2.5, 5, 5]

    run(asked())


async def _asked_by(line: Line, asking: Asking) -> list[Answer]:
    ASKING.set(asking)
    return await _ask(line, "late")


async def test_whoever_gives_up_leaves_its_turn_to_the_others() -> None:
    peer = _Peer()
    line = _line(peer, turns=1)
    tasks = [asyncio.create_task(_ask(line, f"p{number}")) for number in range(4)]
    await asyncio.sleep(0)
    tasks[0].cancel()  # it has the turn
    tasks[1].cancel()  # it waits
    await asyncio.gather(*tasks[:2], return_exceptions=True)
    peer.gate.set()
    answers = await asyncio.gather(*tasks[2:])
    assert all(isinstance(answer, Availability) for [answer] in answers)
    assert line.waiting == 0
    assert peer.asked == ["p0@fabrikam.example", "p2@fabrikam.example", "p3@fabrikam.example"]


async def test_whoever_gives_up_just_as_its_turn_comes_passes_it_on() -> None:
    peer = _Peer()
    line = _line(peer, turns=1)
    waiting: list[asyncio.Task[list[Answer]]] = []

    async def ask_and_call_off() -> None:
        await _ask(line, "first")
        waiting[0].cancel()  # in the very step in which it was called

    first = asyncio.create_task(ask_and_call_off())
    waiting += [asyncio.create_task(_ask(line, name)) for name in ("second", "third")]
    await asyncio.sleep(0)
    peer.gate.set()
    await first
    second, [third] = (await asyncio.gather(*waiting, return_exceptions=True))[0], await waiting[1]
    assert isinstance(second, asyncio.CancelledError)
    assert isinstance(third, Availability)
    assert peer.asked == ["first@fabrikam.example", "third@fabrikam.example"]


async def test_a_question_larger_than_all_turns_goes_on_alone() -> None:
    peer = _Peer()
    line = _line(peer, turns=2)
    large = asyncio.create_task(_ask(line, "a", "b", "c", "d", "e"))
    small = asyncio.create_task(_ask(line, "f"))
    await asyncio.sleep(0)
    assert (peer.inside, line.waiting) == (5, 1)
    peer.gate.set()
    assert len(await large) == 5
    assert len(await small) == 1


def test_calls_are_counted_in_mailboxes_and_in_days() -> None:
    limits = BatchLimits(mailboxes=20, window=timedelta(hours=10))
    mailboxes = [Mailbox.parse(f"p{number}@fabrikam.example") for number in range(41)]
    assert calls_of(limits, mailboxes, _QUESTION) == 9
    assert calls_of(limits, mailboxes[:20], Question(window=TimeWindow(_START, _START + timedelta(hours=10)))) == 1
