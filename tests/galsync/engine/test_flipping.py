"""Tests of galsync/engine/flipping.py: a whole sync while its people move away, or arrive."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from galsync.engine.flipping import WHERE, Flip, heard
from galsync.engine.outlook import Trouble
from galsync.entries import Held
from galsync.people.moved import Moved, Mover, Moving, Side, UnreadableListError
from galsync.plans.guards import Bound, Guards
from galsync.steps import Act, Left, Why
from protocols.model.mailbox import Mailbox
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.stock import held, person

PEOPLE = [person(f"p{number}") for number in range(10)]
GUARDED = Guards(deletions=Bound(count=1), changes=Bound(), shrink=0.2)
ROOMY = Guards(deletions=Bound(count=5), changes=Bound(), shrink=0.2)


@dataclass(slots=True)
class Listed:
    """A list of a move; ``broken`` is why it cannot be read."""

    side: Side = Side.LEFT
    gone: set[str] = field(default_factory=set)
    broken: str = ""
    only: frozenset[str] | None = None

    async def moved(self) -> Moved:
        if self.broken:
            raise UnreadableListError(self.broken)
        return Moved.of([(self.side, self._movers())])

    def _movers(self) -> Iterable[Mover]:
        names = (f"p{number}" for number in range(10))
        return [Mover(f"{name}@a.example", f"{name}@b.example", name in self.gone) for name in names]

    @property
    def moving(self) -> Moving:
        return Moving(read=self.moved, only=self.only)


async def test_whoever_moves_goes_at_once(tmp_path: Path) -> None:
    list_ = Listed()
    async with machine(tmp_path, *PEOPLE, guards=ROOMY, moving=list_.moving) as it:
        await it.engine().apply()
        assert len(it.standing()) == 10
        list_.gone = {f"p{number}" for number in range(5)}
        report = await it.engine().apply()
        assert report.state is RunState.DONE
        assert {(step.act, step.why) for step in report.outlook.plans[0].steps} == {(Act.REMOVE, Why.MOVED)}
        assert report.outlook.left[Left.MOVED] == 5
        assert len(it.standing()) == 5
        assert not (await it.engine().plan()).plans[0].steps
        list_.gone = set()
        assert (await it.engine().apply()).state is RunState.DONE
        assert len(it.standing()) == 10


async def test_a_list_that_names_everybody_stops_a_run_that_nobody_looked_at(tmp_path: Path) -> None:
    list_ = Listed()
    async with machine(tmp_path, *PEOPLE, guards=GUARDED, moving=list_.moving) as it:
        await it.engine().apply()
        list_.gone = {f"p{number}" for number in range(10)}
        report = await it.engine().apply()
        assert (report.state, len(it.standing())) == (RunState.STOPPED, 10)
        assert "`busyline moves apply`" in report.words
        list_.only = frozenset(f"p{number}@a.example" for number in range(9))
        assert (await it.engine(moving=list_.moving).apply()).state is RunState.DONE
        assert list(it.standing()) == ["p9@a.example"]


async def test_a_team_with_the_old_address_of_a_mover_keeps_its_entry(tmp_path: Path) -> None:
    list_ = Listed()
    async with machine(tmp_path, *PEOPLE[:3], moving=list_.moving) as it:
        await it.engine().apply()
        list_.gone = {"p1"}
        team = replace(person("team"), aliases=("p1@a.example",))
        it.source.put(team)
        await it.engine().apply()
        assert "team@a.example" in it.standing()
        assert "p1@a.example" not in it.standing()


async def test_whoever_was_renamed_since_is_known_by_their_entry(tmp_path: Path) -> None:
    list_ = Listed()
    async with machine(tmp_path, *PEOPLE[:3], moving=list_.moving) as it:
        await it.engine().apply()
        list_.gone = {"p1"}
        it.source.put(replace(person("p1"), primary=Mailbox.parse("p.lee@a.example"), aliases=("p1@a.example",)))
        report = await it.engine().apply()
        assert [(step.anchor, step.why) for step in report.outlook.plans[0].steps] == [("hr:p1", Why.MOVED)]


async def test_who_of_a_batch_is_not_there(tmp_path: Path) -> None:
    list_ = Listed(side=Side.NEW, gone={"p1", "p2"}, only=frozenset({"p1@a.example", "p2@a.example"}))
    async with machine(tmp_path, PEOPLE[1], moving=list_.moving) as it:
        assert (await it.engine().plan()).missing == ("p2@a.example",)
        await it.engine().apply()
        assert (await it.engine().plan(whole=True)).missing == ("p2@a.example",)
        list_.only = None
        assert (await it.engine(moving=list_.moving).plan()).missing == ()


async def test_whoever_left_the_source_with_the_move_is_no_loss_and_everybody_else_is(tmp_path: Path) -> None:
    list_ = Listed()
    async with machine(tmp_path, *PEOPLE, guards=replace(ROOMY, deletions=Bound(count=4)), moving=list_.moving) as it:
        it.source.tells_changes = False
        await it.engine().apply()
        list_.gone = {"p0", "p1", "p2", "p3"}
        for name in ("p0", "p1", "p2"):
            it.source.remove(name)
        assert (await it.engine().apply()).state is RunState.DONE
        assert len(it.standing()) == 6
        it.source.remove("p3")  # moved long ago: nobody misses the old account
        assert not (await it.engine().plan()).stops
        for name in ("p4", "p5", "p6", "p7", "p8"):
            it.source.remove(name)
        assert [stop.guard for stop in (await it.engine().plan()).stops] == ["shrink", "deletions"]


async def test_people_of_the_new_side_come_when_they_move(tmp_path: Path) -> None:
    list_ = Listed(side=Side.NEW)
    async with machine(tmp_path, *PEOPLE, moving=list_.moving) as it:
        assert (await it.engine().apply()).outlook.left == {Left.NOT_MOVED: 10}
        list_.gone = {"p1"}
        await it.engine().apply()
        assert list(it.standing()) == ["p1@a.example"]
        list_.gone = set()
        report = await it.engine().apply()
        assert [(step.act, step.why) for step in report.outlook.plans[0].steps] == [(Act.REMOVE, Why.MOVED)]


async def test_a_list_that_changed_has_everybody_read_again(tmp_path: Path) -> None:
    list_ = Listed()
    async with machine(tmp_path, *PEOPLE, moving=list_.moving) as it:
        await it.engine().apply()
        await it.engine().apply()
        list_.gone = {"p1"}
        await it.engine().apply()
        await it.engine().apply()
        assert [asked is None for asked in it.source.asked] == [True, False, True, False]


async def test_a_list_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    list_ = Listed(broken="moved.csv is wrong on line 3")
    async with machine(tmp_path, *PEOPLE, moving=list_.moving) as it:
        report = await it.engine().apply()
        assert (report.state, it.source.asked) == (RunState.FAILED, [])
        assert f"{WHERE}: moved.csv is wrong on line 3" in report.words
        assert isinstance(await heard(list_.moving, it.sync, it.ledger), Trouble)


async def test_some_flip_and_everybody_else_waits(tmp_path: Path) -> None:
    list_ = Listed(only=frozenset({"p1@a.example"}))
    async with machine(tmp_path, *PEOPLE, moving=Listed().moving) as it:
        await it.engine().apply()
        list_.gone = {"p1", "p2"}
        it.source.put(person("p3", title="Lead"))
        report = await it.engine(moving=list_.moving).apply()
        assert [step.anchor for step in report.outlook.plans[0].steps] == ["hr:p1"]
        assert len(it.standing()) == 9
        list_.only = None
        rest = (await it.engine(moving=list_.moving).plan()).plans[0].steps
        assert [(step.anchor, step.act) for step in rest] == [("hr:p2", Act.REMOVE), ("hr:p3", Act.UPDATE)]


async def test_their_own_old_object_serves_as_the_entry(tmp_path: Path) -> None:
    list_ = Listed(side=Side.NEW, gone={"p1", "p2"})
    async with machine(tmp_path, *PEOPLE[1:3], moving=list_.moving) as it:
        mailbox = held("p1", key="old", sync=None)
        it.target.memory.put("", Held(key="old", addresses=mailbox.addresses, address=mailbox.address))
        report = await it.engine().apply()
        (plan,) = report.outlook.plans
        assert [(step.act, step.anchor) for step in plan.steps] == [(Act.CREATE, "hr:p2")]
        assert plan.reused == ("p1@a.example",)
        assert (await it.engine().plan(whole=True)).plans[0].equal == 2


def test_without_moves_nothing_is_cut() -> None:
    assert Flip().moved.out == {}
