"""Tests of console/event/asking.py: who is asked, and what is refused before anything is done."""

from pathlib import Path

from tests.console.event.moving_day import EMILY, EMRE, JACK, moving_day


def test_somebody_says_yes_or_nothing_is_done(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1") == 2
        assert "nobody can be asked here" in day.err
        assert day.types("moves", "apply", "merger", "wave-1", "--json", answers="y\n") == 2
        assert day.types("moves", "apply", "merger", "wave-1", answers="n\n") == 1
        assert "move wave-1: do all of this?" in day.out
        assert day.types("moves", "roll-back", "merger", "wave-1") == 2
        assert day.book("contoso") == {JACK, EMRE, EMILY}


def test_a_whole_move_is_not_rolled_back(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "plan", "merger", "--back") == 2
        assert "a batch is rolled back, not a whole move" in day.err


def test_what_is_done_already_asks_nobody(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        day.later(minutes=1)
        assert day.types("moves", "apply", "merger", "wave-1", answers="") == 0
        assert "nothing is to be done" in day.out
