"""A changed list is in force after two looks; a wrong one never is, and is told."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from proxy.moves.board import Board
from proxy.moves.files import MoveFiles, Signature, Texts
from proxy.moves.keeper import CALM, LOOK, SETTLE, FileKeeper
from proxy.moves.memory import Memory, recalled
from proxy.moves.slices import at_once
from tests.proxy.moves.lists import board, files, rows
from tests.routing.moving import sides

CALMLY = [None] * (CALM // LOOK)


class OverError(Exception):
    """The script has no more pauses."""


class Pauses:
    """Does something in each pause, instead of waiting."""

    def __init__(self, *steps: Callable[[], object] | None) -> None:
        self.steps = list(steps)
        self.lengths: list[timedelta] = []

    async def __call__(self, length: timedelta) -> None:
        if not self.steps:
            raise OverError
        self.lengths.append(length)
        if (step := self.steps.pop(0)) is not None:
            step()


def _names(found: Board) -> list[str]:
    move = found.move("merger")
    assert move is not None
    return [address.partition("@")[0] for address in move.people.kinds]


def _writes(path: Path, text: str) -> Callable[[], object]:
    return lambda: path.write_text(text)


async def _run(found: MoveFiles, shown: Board, pauses: Pauses) -> FileKeeper:
    keeper = FileKeeper(found, shown, seen=found.signature(), pause=pauses)
    with pytest.raises(OverError):
        await keeper.run()
    return keeper


async def test_a_change_is_in_force_once_it_has_settled(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann"))
    shown = board(found)
    before = shown.move("merger")
    pauses = Pauses(_writes(found.people, rows("ann", "bob")), None, None)
    keeper = await _run(found, shown, pauses)
    assert _names(shown) == ["ann", "bob"]
    assert pauses.lengths == [LOOK, SETTLE, LOOK]
    assert (keeper.trouble, keeper.failures) == ("", 0)
    assert before is not None
    assert not before.people.kinds  # its memory is given back


async def test_a_file_that_is_written_still_is_not_read(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann"))
    shown = board(found)
    texts = [rows("ann", "bob"), rows("ann", "bob", "eve"), rows("ann", "bob", "eve", "zoe")]
    await _run(found, shown, Pauses(*(_writes(found.people, text) for text in texts)))
    assert _names(shown) == ["ann"]


class WrittenMeanwhile(MoveFiles):
    """Whose list changes while it is read."""

    def texts(self) -> Texts:
        """As the real one."""
        found = super().texts()
        self.people.write_text(rows("ann", "bob", "eve"))
        return found


async def test_what_changed_while_it_was_read_is_read_again(tmp_path: Path) -> None:
    plain = files(tmp_path, rows("ann"))
    found = WrittenMeanwhile(sides=plain.sides, people=plain.people, plans=None, shrink=1)
    shown = board(plain)
    await _run(found, shown, Pauses(_writes(found.people, rows("ann", "bob")), None))
    assert _names(shown) == ["ann"]


async def test_a_wrong_list_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann"))
    shown = board(found)
    with capture_logs() as logs:
        keeper = await _run(found, shown, Pauses(_writes(found.people, "nobody\n"), None, None, None))
    assert _names(shown) == ["ann"]
    assert [entry["event"] for entry in logs] == ["moves_refused"]
    assert 'moved.csv:1: "nobody" is no address' not in keeper.trouble
    assert "moved.csv:1: " in keeper.trouble
    assert keeper.failures == 1


async def test_a_list_that_shrinks_is_refused_until_it_is_whole_again(tmp_path: Path) -> None:
    found = files(tmp_path, rows("a", "b", "c", "d"))
    shown = board(found)
    keeper = await _run(found, shown, Pauses(_writes(found.people, rows("a")), None, *CALMLY))
    assert _names(shown) == ["a", "b", "c", "d"]
    assert "shrink = 0.5 allows less" in keeper.trouble
    again = Pauses(_writes(found.people, rows("a", "b", "c")), None, *CALMLY)
    keeper = await _run(found, shown, again)
    assert (_names(shown), keeper.trouble) == (["a", "b", "c"], "")


async def test_a_missing_file_changes_nothing(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann"))
    shown = board(found)
    keeper = await _run(found, shown, Pauses(found.people.unlink, None, None))
    assert _names(shown) == ["ann"]
    assert "there is no such file" in keeper.trouble


async def test_a_list_waits_for_the_other_that_was_in_its_way(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    found, other = files(tmp_path, rows("ann")), files(tmp_path / "other", rows("bob"))
    shown = board(found)
    taken, free = board(other).move("merger"), board(files(tmp_path / "other", "address\n")).move("merger")
    assert taken is not None
    assert free is not None
    shown.put("other", taken)
    steps = Pauses(_writes(found.people, rows("ann", "bob")), None, None, lambda: shown.put("other", free), None, None)
    keeper = await _run(found, shown, steps)
    assert keeper.trouble == ""
    assert _names(shown) == ["ann", "bob"]
    assert keeper.failures == 1


class Unreadable(MoveFiles):
    """That fails as nobody thought of."""

    def signature(self) -> Signature:
        """As the real one."""
        return super().signature()

    def texts(self) -> Texts:
        """Fails."""
        raise RuntimeError("of ours")


async def test_what_nobody_thought_of_does_not_end_the_watch(tmp_path: Path) -> None:
    plain = files(tmp_path, rows("ann"))
    found = Unreadable(sides=plain.sides, people=plain.people, plans=None, shrink=1)
    shown = board(plain)
    with capture_logs() as logs:
        keeper = await _run(found, shown, Pauses(_writes(found.people, rows("ann", "bob")), None, None))
    assert [entry["event"] for entry in logs] == ["moves_failed", "moves_refused"]
    assert keeper.trouble == "the list cannot be read: the log says where"
    assert _names(shown) == ["ann"]


@pytest.mark.parametrize("half", [rows("a", "b"), rows("a", "b", "c", "d").removesuffix(",\n")])
async def test_a_list_that_pauses_while_it_is_written_is_not_taken_half(tmp_path: Path, half: str) -> None:
    found = files(tmp_path, rows("a", "b", "c"))
    shown = board(found)
    some = CALMLY[: len(CALMLY) // 2]
    keeper = await _run(found, shown, Pauses(_writes(found.people, half), None, *some))
    assert (_names(shown), keeper.failures) == (["a", "b", "c"], 0)
    whole = rows("a", "b", "c", "e")
    keeper = await _run(
        found, shown, Pauses(_writes(found.people, half), None, *some, _writes(found.people, whole), None)
    )
    assert (_names(shown), keeper.failures) == (["a", "b", "c", "e"], 0)
    await _run(found, shown, Pauses(_writes(found.people, half), None, *CALMLY, None))
    assert len(_names(shown)) == half.count("\n") + (not half.endswith("\n"))


async def test_what_is_in_force_is_written_down(tmp_path: Path) -> None:
    plain = files(tmp_path, rows("ann", batch="one"), "one,2026-01-01\n")
    state = tmp_path / "moved.csv.state"
    found = MoveFiles(sides=plain.sides, people=plain.people, plans=plain.plans, shrink=0.5, state=state)
    shown = board(found)
    keeper = FileKeeper(found, shown, seen=found.signature(), pause=Pauses())
    await keeper.begin()
    assert recalled(state) == Memory(people=1, planned=("one",))
    await _run(found, shown, Pauses(_writes(found.people, rows("ann", "bob", batch="one")), None, None))
    assert recalled(state) == Memory(people=2, planned=("one",))


async def test_a_list_with_nobody_on_it_is_told_at_the_start(tmp_path: Path) -> None:
    found = files(tmp_path, "address,moved_at,batch\n")
    keeper = FileKeeper(found, board(found), seen=found.signature(), pause=Pauses())
    with capture_logs() as logs:
        await keeper.begin()
    assert [entry["event"] for entry in logs] == ["moves_nobody"]


async def test_two_lists_that_change_at_once_cannot_both_take_one_person(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    found, other = files(tmp_path, rows("ann")), files(tmp_path / "other", rows("bob"))
    other.sides = sides(name="other")
    shown = board(found)
    shown.put("other", at_once(other.load(other.texts(), None, ())))
    keepers = [FileKeeper(each, shown, seen=each.signature(), pause=Pauses()) for each in (found, other)]
    for each in (found, other):
        each.people.write_text(rows(*(f"p{number}" for number in range(3_000))))
    for _ in range(2):
        await asyncio.gather(*(keeper.look() for keeper in keepers))
    assert sorted(keeper.failures for keeper in keepers) == [0, 1]
