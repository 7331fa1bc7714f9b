"""A directory is asked now and then, and believed as far as it makes sense."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from structlog.testing import capture_logs

from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.moves.board import Board
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
        return [Mover(Mailbox.parse(f"{name}@fabrikam.example"), value) for name, _, value in pairs]


class World:
    """A keeper with its board, on a clock that is turned by hand."""

    def __init__(self, *answers: Sequence[str] | SourceError, plans: Path | None = None) -> None:
        self.now: datetime = NOW
        self.script = Script(*answers)
        between = sides()
        self.board = Board(Ways(between.table), lambda: self.now)
        self.board.put("merger", Everybody(between))
        manner = Manner(batch="all", plans=plans, shrink=0.5, every=5 * MINUTE)
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
    assert world.keeper.left_out == 0


async def test_all_of_them_come_back_by_the_file_of_batches(tmp_path: Path) -> None:
    plans = tmp_path / "batches.csv"
    plans.write_text("all\n")
    world = World(["ann"], plans=plans)
    assert await world.later(timedelta()) == {"ann": Stage.AFTER}
    plans.write_text("all,,2020-01-01\n")
    await world.later(timedelta(seconds=1))
    assert await world.later(timedelta(seconds=1)) == {"ann": Stage.RETURNED}
