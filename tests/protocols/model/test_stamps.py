"""What is a stamp and what only looks like one, and how a description bears it."""

import pytest

from protocols.model.stamps import LONGEST_DESCRIPTION, is_stamp, stamp_line, with_stamp

STAMP = "busyline:s/ad:1"


@pytest.mark.parametrize("told", [STAMP, "busyline:fabrikam-people/files:a/b c", "busyline:s/x:\u00df"])
def test_a_stamp_is_the_whole_text(told: str) -> None:
    assert is_stamp(told)


@pytest.mark.parametrize(
    "told", ["", "busyline:", "busyline: a / b", "busyline:s", "busyline:s/", "busyline:s/ a", f"see {STAMP}", "x:s/a"]
)
def test_what_only_looks_like_one_is_none(told: str) -> None:
    assert not is_stamp(told)
    assert stamp_line(told) == ""


@pytest.mark.parametrize("told", [STAMP, f"All of us\n{STAMP}", f"{STAMP}\r\nAll of us", f"a\r\n  {STAMP} \r\nb\n"])
def test_a_line_that_is_a_stamp_is_found_in_a_description(told: str) -> None:
    assert stamp_line(told) == STAMP
    assert with_stamp(told, STAMP) == told


def test_of_several_lines_the_last_counts() -> None:
    assert stamp_line("busyline:old/ad:1\nbusyline:s/ad:1") == STAMP


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", STAMP),
        ("All of us", f"All of us\n{STAMP}"),
        ("All of us\n\n", f"All of us\n{STAMP}"),
        (f"see {STAMP}", f"see {STAMP}\n{STAMP}"),
        ("busyline:old/ad:1", f"busyline:old/ad:1\n{STAMP}"),
        ("x" * LONGEST_DESCRIPTION, "x" * LONGEST_DESCRIPTION),
    ],
)
def test_a_description_keeps_what_somebody_typed(before: str, after: str) -> None:
    assert with_stamp(before, STAMP) == after
    assert with_stamp(after, STAMP) == after


def test_an_anchor_that_ends_with_a_space_comes_once() -> None:
    once = with_stamp("", "busyline:s/csv:a ")
    assert with_stamp(once, "busyline:s/csv:a ") == once
