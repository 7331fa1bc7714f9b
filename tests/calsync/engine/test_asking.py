"""A batch is brought to a spoke as often as it takes, and no copy is made twice."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.agreed import Link
from calsync.contents import fields
from calsync.engine.asking import Asking, write_of
from calsync.engine.moments import Moment, News
from calsync.engine.tally import UNTRIED
from calsync.items import Item
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.steps import Step, Why
from protocols.model.event import Event
from service.runs.lease import Lease
from service.runs.pace import Pace
from tests.calsync.world.clock import Time
from tests.calsync.world.server import Fault, Server
from tests.calsync.world.spoke import MemorySpoke
from tests.contracts.spoke_events import span

LIFE = "5f0c"
EVENT = Event(when=span(9, 9), subject="Number 1")


class Free:
    """A lease that nobody else wants."""

    async def hold(self, *_: object, **__: object) -> bool:
        return True

    async def holder(self, _: str) -> str | None:
        return None

    async def release(self, *_: object) -> None:
        return None


def step(item: str = "i1", *, act: Act = Act.CREATE, link: Link | None = None, subject: str = "Number 1") -> Step:
    wanted = fields(Event(when=span(9, 9), subject=subject)) if act is not Act.DELETE else {}
    return Step(
        act=act, why=Why.NEW, item=item, spoke="north", fields=wanted, changes=frozenset({"subject"}), link=link
    )


def asking(
    server: Server, news: list[News], *, unsure: Iterable[str] = (), attempts: int = 3, batch: int = 5
) -> Asking:
    time = Time()
    lease = Lease(Free(), "merger", "here", clock=time.clock, length=timedelta(minutes=1))
    return Asking(
        hub="merger",
        life=LIFE,
        spoke=MemorySpoke(server, batch=batch),
        lease=lease,
        pace=Pace(clock=time.clock, sleep=time.sleep, random=lambda: 0.0),
        tell=news.append,
        attempts=attempts,
        patience=timedelta(seconds=60),
        unsure=set(unsure),
    )


async def outcomes(hands: Asking, *steps: Step) -> list[Outcome]:
    found: dict[int, Outcome] = {}
    async for settled in hands.written(steps):
        assert not found.keys() & settled.keys()
        found |= settled
    return [found[n] for n in range(len(steps))]


def test_a_token_belongs_to_a_copy() -> None:
    first, again = write_of(step(), "merger", LIFE), write_of(step(), "merger", LIFE)
    assert first == again
    made = Link(spoke="north", key="k", version="", copies=1)
    others = [write_of(step("i2"), "merger", LIFE), write_of(step(), "other", LIFE)]
    others += [write_of(step(link=made), "merger", LIFE), write_of(step(), "merger", "another life")]
    assert len({first.token, *(each.token for each in others)}) == 5
    assert first.mark == "busyline:merger/i1"


async def test_all_are_answered_in_order() -> None:
    server = Server(name="north")
    told = await outcomes(asking(server, []), step("i1"), step("i2"), step("i3"))
    assert [each.item.mark for each in told if isinstance(each, Written) and each.item] == [
        f"busyline:merger/i{n}" for n in (1, 2, 3)
    ]


async def test_a_lost_answer_makes_no_second_copy() -> None:
    for fault in (Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.THROTTLED):
        server, news = Server(name="north"), list[News]()
        server.faults.append(fault)
        [told] = await outcomes(asking(server, news), step())
        assert isinstance(told, Written)
        assert len(server.standing) == 1
        assert [each.moment for each in news] == [Moment.WAITING]


async def test_a_lost_answer_to_a_change_is_found_to_be_stale() -> None:
    server = Server(name="north")
    key = server.create(EVENT, mark="busyline:merger/i1")
    link = Link(spoke="north", key=key, version="1")
    server.faults.append(Fault.LOST_AFTER)
    [told] = await outcomes(asking(server, []), step(act=Act.UPDATE, link=link, subject="Another"))
    assert isinstance(told, Failed)
    assert told.stale
    assert server.standing[key].content == Event(when=span(9, 9), subject="Another")


async def test_a_copy_that_may_stand_there_is_looked_for_first() -> None:
    server = Server(name="north")
    write = write_of(step(), "merger", LIFE)
    key = server.create(EVENT, mark=write.mark, token=write.token)
    hands = asking(server, [], unsure=["i1"])
    [told] = await outcomes(hands, step())
    assert isinstance(told, Written)
    assert told.item is not None
    assert (told.item.key, server.writes, hands.unsure) == (key, 0, set())


async def test_a_copy_that_somebody_changed_meanwhile_is_planned_anew() -> None:
    server = Server(name="north")
    write = write_of(step(), "merger", LIFE)
    key = server.create(Event(when=span(9, 9), subject="Theirs"), mark=write.mark, token=write.token)
    hands = asking(server, [], unsure=["i1"])
    [told] = await outcomes(hands, step())
    assert isinstance(told, Failed)
    assert told.stale
    assert hands.met == {"i1": key}


class Finding(MemorySpoke):
    """It tells of a copy that stands there already when it is asked to make it."""

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        return [None for _ in writes]

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        known = [self._server.by_token(each.token) for each in writes]
        outcomes = await super().write(writes)
        return [
            replace(one, earlier=key is not None) if isinstance(one, Written) else one
            for one, key in zip(outcomes, known, strict=True)
        ]


@pytest.mark.parametrize("theirs", [False, True])
async def test_so_is_one_that_its_maker_meets_as_late_as_that(theirs: bool) -> None:
    server = Server(name="north")
    write = write_of(step(), "merger", LIFE)
    stands = replace(EVENT, body="Theirs") if theirs else EVENT
    key = server.create(stands, mark=write.mark, token=write.token)
    hands = asking(server, [])
    hands.spoke = Finding(server)
    [told] = await outcomes(hands, step())
    assert (isinstance(told, Written), hands.met) == ((False, {"i1": key}) if theirs else (True, {}))
    assert len(server.standing) == 1


async def test_the_last_attempt_has_failed() -> None:
    server = Server(name="north")
    server.faults.extend([Fault.LOST_BEFORE] * 3)
    hands = asking(server, [])
    [told] = await outcomes(hands, step())
    assert isinstance(told, Failed)
    assert told.doubt
    assert hands.unsure == {"i1"}


async def test_nothing_is_begun_when_stopped() -> None:
    server = Server(name="north")
    hands = asking(server, [])
    hands.pace.stop()
    assert await outcomes(hands, step("i1"), step("i2")) == [UNTRIED, UNTRIED]
    assert server.writes == 0
