"""The files of a move are one: told apart by their content, refused whole, and people kept where only plans change."""

from pathlib import Path

import pytest

from proxy.list_files import ListFileError
from proxy.moves.files import HastyError, MoveFiles, shrunk, told_wrong
from proxy.moves.memory import Memory
from proxy.moves.slices import at_once
from routing.stages import Plan
from tests.proxy.moves.lists import files, rows
from tests.routing.moving import move


def test_people_and_plans_are_read(tmp_path: Path) -> None:
    found = files(tmp_path, "\ufeff" + rows("ann", batch="one", moved_at=""), "one,2026-01-01\n")
    made = at_once(found.load(found.texts(), None, ()))
    assert list(made.people.kinds) == ["ann@fabrikam.example"]
    assert made.plans == {"one": Plan(moved_at=1_767_225_600)}


def test_where_only_the_plans_change_the_people_stay(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann", batch="one"), "one\n")
    first = at_once(found.load(found.texts(), None, ()))
    (tmp_path / "batches.csv").write_text("one,2026-01-01\n")
    second = at_once(found.load(found.texts(), first, ()))
    assert second.people is first.people
    assert second.plans != first.plans


def test_a_batch_that_people_need_must_stay(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann", batch="one", moved_at=""), "one\n")
    first = at_once(found.load(found.texts(), None, ()))
    (tmp_path / "batches.csv").write_text("two\n")
    with pytest.raises(ListFileError, match='the batch "one" is gone'):
        at_once(found.load(found.texts(), first, ()))


def test_a_list_that_shrinks_too_much_is_refused(tmp_path: Path) -> None:
    found = files(tmp_path, rows("a", "b", "c", "d"), shrink=0.25)
    first = at_once(found.load(found.texts(), None, ()))
    (tmp_path / "moved.csv").write_text(rows("a", "b"))
    with pytest.raises(ListFileError, match=r"has 2 people instead of 4, and shrink = 0.25"):
        at_once(found.load(found.texts(), first, ()))
    (tmp_path / "moved.csv").write_text(rows("a", "b", "c"))
    assert len(at_once(found.load(found.texts(), first, ())).people) == 3


@pytest.mark.parametrize(
    ("before", "now", "share", "refused"),
    [
        (10, 9, 0.1, False),
        (10, 8, 0.1, True),
        (1, 0, 0.1, True),
        (0, 0, 0.0, False),
        (4, 0, 1.0, False),
        (4, 9, 0, False),
    ],
)
def test_shares(before: int, now: int, share: float, refused: bool) -> None:
    assert shrunk(before, now, share) is refused


def test_nobody_is_on_two_lists(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann"))
    with pytest.raises(ListFileError, match=r'moved.csv:1: ann@fabrikam.example is on the list of the move "other"'):
        at_once(found.load(found.texts(), None, [("other", move("ann@fabrikam.example").people)]))


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    found = files(tmp_path, rows("ann"), "one\n")
    before = found.signature()
    (tmp_path / "moved.csv").write_bytes(b"\xff\xfe")
    assert found.signature() != before
    with pytest.raises(ListFileError, match="not text in UTF-8"):
        found.texts()
    (tmp_path / "moved.csv").unlink()
    assert found.signature()[0] is None
    with pytest.raises(ListFileError, match="there is no such file"):
        found.texts()


@pytest.mark.parametrize("plan", ["one,,2026-01-05", "one,2026-01-01"])
@pytest.mark.parametrize("left", ["", "batch,moved_at,rolled_back_at,resumed_at\n", "two,2026-01-01\n"])
def test_a_file_of_batches_that_lost_one_does_not_undo_it_in_silence(tmp_path: Path, plan: str, left: str) -> None:
    found = files(tmp_path, rows("ann", batch="one"), f"{plan}\nnobody,2026-01-01\n")
    first = at_once(found.load(found.texts(), None, ()))
    (tmp_path / "batches.csv").write_text(left)
    words = 'batches.csv: the batch "one" is gone, of which something was planned'
    with pytest.raises(ListFileError, match=words):
        at_once(found.load(found.texts(), first, ()))
    (tmp_path / "moved.csv").write_text(rows("ann", "bob", batch="one"))
    with pytest.raises(ListFileError, match=words):  # nor with another list
        at_once(found.load(found.texts(), first, ()))
    again = MoveFiles(
        sides=found.sides, people=found.people, plans=found.plans, shrink=0.5, before=Memory(planned=("one",))
    )
    with pytest.raises(ListFileError, match=words):  # nor after a restart
        at_once(again.load(again.texts(), None, ()))
    (tmp_path / "batches.csv").write_text("one\n")
    assert at_once(again.load(again.texts(), None, ())).plans == {"one": Plan()}


def test_a_list_that_shrank_while_nobody_looked_is_refused_at_the_start(tmp_path: Path) -> None:
    plain = files(tmp_path, rows("a", "b"))
    found = MoveFiles(sides=plain.sides, people=plain.people, plans=None, shrink=0.1, before=Memory(people=4))
    with pytest.raises(ListFileError, match=r"has 2 people instead of 4, and shrink = 0.1 .* raise shrink and restart"):
        at_once(found.load(found.texts(), None, ()))


@pytest.mark.parametrize("text", [rows("a", "b"), rows("a", "b", "c", "d").removesuffix("\n")])
def test_what_may_be_half_a_list_waits(tmp_path: Path, text: str) -> None:
    found = files(tmp_path, rows("a", "b", "c"))
    first = at_once(found.load(found.texts(), None, ()))
    (tmp_path / "moved.csv").write_text(text)
    with pytest.raises(HastyError, match="may be written still"):
        at_once(found.load(found.texts(), first, (), calm=False))
    assert len(at_once(found.load(found.texts(), first, ())).people) in {2, 4}


def test_what_is_told_of_a_wrong_list() -> None:
    behind = "a running server keeps the list it had, and of this one nothing can be told"
    assert told_wrong("/a/moved.csv:2: no address: mend it\n/a/moved.csv:4: x") == (
        f"/a/moved.csv is wrong on line 2 (no address: mend it) and on 1 lines more; {behind}"
    )
    assert told_wrong("/a/moved.csv: is empty") == f"/a/moved.csv: is empty; {behind}"
