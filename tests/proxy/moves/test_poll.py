"""A directory is asked now and then, and believed as far as it makes sense."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.list_files import ListFileError
from proxy.moves.board import Board
from proxy.moves.memory import Memory, recalled
from proxy.moves.poll import Manner, PollKeeper
from proxy.moves.sources import SourceError
from routing.moves import Everybody
from routing.stages import Stage
from routing.ways import Ways
from tests.proxy.moves.lists import NOW
from tests.routing.moving import sides

MINUTE = timedelta(minutes=1)


class Script:
    """Answers one after the other; the last again and again."""

    def __init__(self, *answers: Sequence[str] | SourceError) -> None:
        self.answers = list(answers)
        self.calls = 0

    async def movers(self) -> Sequence[Mover]:
        """The next answer."""
        self.calls += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, SourceError):
            raise answer
        pairs = (each.partition("=") for each in answer)
        names = ((name if "@" in name else f"{name}@fabrikam.example", value) for name, _, value in pairs)
        return [Mover(Mailbox.parse(name), value) for name, value in names]


class World:
    """A keeper with its board, on a clock that is turned by hand."""

    def __init__(
        self,
        *answers: Sequence[str] | SourceError,
        plans: Path | None = None,
        state: Path | None = None,
        via: str = "fabrikam",
    ) -> None:
        self.now: datetime = NOW
        self.script = Script(*answers)
        between = sides()
        before = Memory() if state is None else recalled(state)
        self.board = Board(Ways(between.table), lambda: self.now)
        self.board.put("merger", Everybody(between))
        manner = Manner(batch="all", plans=plans, shrink=0.5, every=5 * MINUTE, via=via, state=state, before=before)
        self.keeper = PollKeeper(self.script, between, self.board, manner, clock=lambda: self.now, pause=self._pause)

    async def _pause(self, length: timedelta) -> None:
        self.now += length

    async def later(self, length: timedelta) -> dict[str, Stage]:
        """Look after ``length``: where everybody is, None on the board left out."""
        self.now += length
        await self.keeper.look()
        move = self.board.move("merger")
        found = {}
        for address in move.people.kinds if move else ():
            told = move.told(Mailbox.parse(address), self.now) if move else None
            assert told is not None
            found[address.partition("@")[0]] = told.stage
        return found


async def test_who_is_named_first_moves_then() -> None:
    world = World(["ann"], ["ann", "bob"])
    assert await world.later(timedelta()) == {"ann": Stage.AFTER}
    assert await world.later(MINUTE) == {"ann": Stage.AFTER}
    assert world.script.calls == 1
    assert await world.later(10 * timedelta(days=1)) == {"ann": Stage.AFTER, "bob": Stage.AFTER}
    assert await world.later(10 * timedelta(days=1)) == {"ann": Stage.MOVED, "bob": Stage.AFTER}


async def test_a_day_in_the_attribute_is_the_day_of_the_move() -> None:
    world = World(["ann=2020-01-01", "bob=2999-01-01", "eve=moved"])
    assert await world.later(timedelta()) == {"ann": Stage.MOVED, "bob": Stage.WAITING, "eve": Stage.AFTER}


async def test_both_are_asked_about_everybody_until_the_directory_has_answered() -> None:
    world = World(SourceError("no answer"), ["ann"])
    with capture_logs() as logs:
        assert await world.later(timedelta()) == {}
    assert (world.keeper.failures, [entry["event"] for entry in logs]) == (1, ["moves_refused"])
    assert await world.later(MINUTE) == {"ann": Stage.AFTER}
    assert world.keeper.trouble == ""


async def test_whoever_is_named_no_longer_is_joined_for_a_while() -> None:
    world = World(["ann", "bob"], ["ann"])
    await world.later(timedelta())
    assert await world.later(5 * MINUTE) == {"ann": Stage.AFTER, "bob": Stage.ROLLED_BACK}
    assert "bob" not in await world.later(15 * timedelta(days=1))


async def test_a_directory_that_forgets_too_many_is_not_believed() -> None:
    world = World(["ann", "bob", "eve"], [])
    await world.later(timedelta())
    assert len(await world.later(5 * MINUTE)) == 3
    assert "names 0 people instead of 3" in world.keeper.trouble


async def test_whom_no_route_leads_to_either_side_is_left_out() -> None:
    world = World(["ann"])
    world.script.answers = [["ann"]]
    assert await world.later(timedelta()) == {"ann": Stage.AFTER}
    assert world.keeper.left_out == {}
    world.script.answers = [["ann", "eve@third.example"]]
    with capture_logs() as logs:
        assert await world.later(5 * MINUTE) == {"ann": Stage.AFTER}
    assert [entry["event"] for entry in logs] == ["moves_read", "moves_left_out"]
    assert list(world.board.left_out["merger"]) == ["eve@third.example"]


async def test_people_are_known_by_the_names_that_their_own_side_has_for_them() -> None:
    world = World(["ann@mail.fabrikam.example", "bob@fabrikam.example"])
    assert await world.later(timedelta()) == {"ann": Stage.AFTER, "bob": Stage.AFTER}
    move = world.board.move("merger")
    assert move is not None
    assert list(move.people.kinds) == ["ann@fabrikam.example", "bob@fabrikam.example"]


async def test_whoever_may_have_come_from_several_domains_is_listed_with_all() -> None:
    world = World(["ann@contoso.example"], via="contoso")
    await world.later(timedelta())
    move = world.board.move("merger")
    assert move is not None
    assert list(move.people.kinds) == ["ann@fabrikam.example", "ann@both.example"]
    assert world.keeper.left_out == {}


async def test_a_directory_of_which_nobody_is_known_is_not_believed() -> None:
    world = World(["eve@third.example"], ["ann"])
    assert await world.later(timedelta()) == {}
    assert "nobody whom the directory names can move here" in world.keeper.trouble
    assert world.board.move("merger") is None  # both sides are asked about everybody still
    assert await world.later(5 * MINUTE) == {"ann": Stage.AFTER}
    assert world.keeper.trouble == ""


async def test_a_first_answer_that_names_nobody_is_not_believed() -> None:
    world = World([], ["ann"])
    assert await world.later(timedelta()) == {}
    assert world.board.move("merger") is None
    assert "names nobody" in world.keeper.trouble
    assert await world.later(5 * MINUTE) == {"ann": Stage.AFTER}


async def test_a_restart_knows_who_had_moved_since_when_and_who_left(tmp_path: Path) -> None:
    state = tmp_path / "moves.state"
    world = World(["ann", "bob", "eve"], ["ann", "bob"], state=state)
    await world.later(timedelta())
    expected = await world.later(5 * MINUTE)
    assert expected["eve"] is Stage.ROLLED_BACK
    again = World(["ann", "bob"], state=state)
    assert await again.later(10 * MINUTE) == expected
    assert await again.later(timedelta(days=13, hours=23)) == {**expected, "eve": Stage.ROLLED_BACK}
    assert await again.later(timedelta(hours=1)) == {"ann": Stage.MOVED, "bob": Stage.MOVED}
    emptied = World([], state=state)
    assert await emptied.later(timedelta()) == {}
    assert "names 0 people instead of 2" in emptied.keeper.trouble


async def test_a_roll_back_that_vanished_from_the_file_of_batches_stays(tmp_path: Path) -> None:
    plans = tmp_path / "batches.csv"
    plans.write_text("all,,2020-01-01\n")
    world = World(["ann"], plans=plans)
    await world.later(timedelta())
    plans.write_text("batch\n")
    await world.later(timedelta(seconds=1))
    assert await world.later(timedelta(seconds=1)) == {"ann": Stage.RETURNED}
    assert 'the batch "all" is gone' in world.keeper.trouble
    await world.later(5 * MINUTE)
    assert 'the batch "all" is gone' in world.keeper.trouble  # however well the directory answers
    plans.write_text("all\n")
    await world.later(timedelta(seconds=1))
    assert await world.later(timedelta(seconds=1)) == {"ann": Stage.AFTER}
    assert world.keeper.trouble == ""


async def test_a_wrong_file_of_batches_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ListFileError, match="there is no such file"):
        World(["ann"], plans=tmp_path / "batches.csv")


async def test_all_of_them_come_back_by_the_file_of_batches(tmp_path: Path) -> None:
    plans = tmp_path / "batches.csv"
    plans.write_text("all\n")
    world = World(["ann"], plans=plans)
    assert await world.later(timedelta()) == {"ann": Stage.AFTER}
    plans.write_text("all,,2020-01-01\n")
    await world.later(timedelta(seconds=1))
    assert await world.later(timedelta(seconds=1)) == {"ann": Stage.RETURNED}
