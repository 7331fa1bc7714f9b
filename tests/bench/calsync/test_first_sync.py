"""Tests of bench/calsync/first_sync.py: a short one copies everything, within the limits."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.calsync.first_sync import CONTACT_NAMES, NAMES, Measured, bound, main, measured, rows, told, wrong
from bench.calsync.ground import Seen
from bench.calsync.hubs import CONTACTS

SEEN = Seen(copies=10, requests=13, refused=0, most_at_once=4, google_refused=0, mails=0, busy=0.1)
WELL = Measured(items=10, speed=10.0, seconds=0.5, bound=0.4, busy=0.2, peak=100, asked=1, seen=SEEN, words="")


async def test_everything_is_copied_series_too(tmp_path: Path) -> None:
    found = await measured(tmp_path, 30, speed=200.0, series=10)
    assert wrong(found) == ""
    # what bears our stamp, the changes, the copies, and the occurrences of each series
    assert (found.seen.copies, found.seen.requests, found.asked) == (30, 2 + 30 + 10, 1)


async def test_every_contact_is_copied(tmp_path: Path) -> None:
    found = await measured(tmp_path, 45, speed=200.0, setting=CONTACTS)
    assert wrong(found) == ""
    assert (found.seen.copies, found.seen.requests, found.asked) == (45, 2 + 45, 1)  # the changes, the list, the copies
    assert found.seen.refused == 0


def test_what_the_limits_allow() -> None:
    assert bound(100, 0.24) == pytest.approx(6.0)
    assert bound(10_000, 0.24) == pytest.approx(600.0)
    assert bound(20_000, 0.24) == pytest.approx(1200.0)
    assert bound(20_000, 0.01) == pytest.approx(1200.0)
    assert WELL.share == 0.8


def test_what_is_wrong_is_told() -> None:
    assert wrong(WELL) == ""
    assert "10 of 11 copies" in wrong(replace(WELL, items=11))
    assert "1 mails" in wrong(replace(WELL, seen=replace(SEEN, mails=1)))
    assert "5 requests at once" in wrong(replace(WELL, seen=replace(SEEN, most_at_once=5)))


def test_the_figures_in_words() -> None:
    lines = "\n".join(told(WELL))
    assert "10 items in 0.5 s, with clocks 10 times as fast: 0.1 minutes by them" in lines
    assert "the limits allow 0.4 s: 80.0% of that speed" in lines


async def test_rows_are_those_of_the_table(tmp_path: Path) -> None:
    found = await rows(tmp_path, items=20, speed=200.0)
    assert tuple(row.name for row in found) == NAMES
    assert (found[0].at_least, found[1].at_most) == (0.8, 300)


async def test_rows_of_contacts(tmp_path: Path) -> None:
    found = await rows(tmp_path, items=20, speed=200.0, setting=CONTACTS)
    assert tuple(row.name for row in found) == CONTACT_NAMES


@pytest.mark.parametrize("more", [[], ["--profile"]])
def test_the_command_prints_and_says_whether_all_went_well(capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    assert main(["--items", "20", "--speed", "200", *more]) == 0
    printed = capsys.readouterr().out
    assert "all went well" in printed
    assert ("function calls" in printed) is bool(more)
