"""Tests of galsync/sides/list_folder.py."""

from dataclasses import dataclass

from galsync.sides.list_folder import ListFolder, called


@dataclass(frozen=True)
class Below:
    name: str


OURS, THEIRS = Below("Renamed"), Below("STAFF")


def test_what_bears_our_mark_is_ours_whatever_it_is_called() -> None:
    for shared in (False, True):
        assert ListFolder("Staff", shared=shared).found(OURS, [THEIRS, OURS]) == OURS


def test_what_somebody_else_made_serves_only_where_it_was_shared_for_the_list() -> None:
    assert ListFolder("Staff").found(None, [THEIRS]) is None
    assert ListFolder("Staff", shared=True).found(None, [Below("Other"), THEIRS]) == THEIRS
    assert ListFolder("Staff", shared=True).found(None, [Below("Other")]) is None


def test_names_know_no_capitals() -> None:
    assert called([Below("Other"), THEIRS], "staff") == THEIRS
    assert called([], "staff") is None
