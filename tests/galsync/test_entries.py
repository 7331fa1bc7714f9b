"""Tests of galsync/entries.py: a stamp is read back as it was written, and nothing else is one."""

import pytest

from galsync.entries import Stamp


@pytest.mark.parametrize("anchor", ["ad:0b1f", "files:a/b c", "x:ß"])
def test_a_stamp_is_read_back(anchor: str) -> None:
    stamp = Stamp("fabrikam-people", anchor)
    assert Stamp.read(stamp.text) == stamp


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "busyline",
        "busyline:",
        "busyline:x",
        "busyline:/a",
        "busyline:x/",
        "else:x/a",
        "busyline: a / b",
        "busyline:x/ a",
        "see busyline:x/a",
    ],
)
def test_what_somebody_else_wrote_is_no_stamp(text: str | None) -> None:
    assert Stamp.read(text) is None
