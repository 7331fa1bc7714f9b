"""Tests of bench/galsync/fill.py: a short fill puts everything where it belongs, within the limits."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.galsync.fill import NAMES, Filled, bound, filled, main, rows, told, wrong
from bench.galsync.mailbox_server import Counts, mailbox_server
from galsync.sides.mailbox_contacts_target import AT_ONCE

WELL = Filled(
    seconds=10.0,
    bound=9.0,
    busy=1.0,
    counts=Counts(contacts=200, mailboxes=5, fewest=40, requests=215, refused=0, batches=11, most_at_once=4, busy=0.5),
    words="",
)


async def test_five_mailboxes_with_forty_contacts_each(tmp_path: Path) -> None:
    with mailbox_server(5, 0.001) as server:
        found = await filled(tmp_path, server, mailboxes=5, contacts=40, latency=0.001)
    # five looks for a folder, five more before one is made, five folders, and the contacts
    assert replace(found.counts, busy=0.5) == WELL.counts
    assert found.counts.busy > 0
    assert wrong(found, 5, 40) == ""


async def test_a_second_fill_writes_nothing_even_where_the_ledger_is_lost(tmp_path: Path) -> None:
    with mailbox_server(2, 0.001) as server:
        for name in ("ledger", "ledger", "another"):
            (folder := tmp_path / name).mkdir(exist_ok=True)
            found = await filled(folder, server, mailboxes=2, contacts=30, latency=0.001)
            assert wrong(found, 2, 30) == ""
    # once as above; then twice two looks for a folder and two pages
    assert found.counts.requests == 2 + 2 + 2 + 60 + 2 * (2 + 2)


def test_what_the_limits_allow() -> None:
    assert bound(1, 700, 0.25) == 175 * 0.25
    assert bound(AT_ONCE, 700, 0.25) == 175 * 0.25
    assert bound(2 * AT_ONCE, 700, 0.25) == 2 * 175 * 0.25
    assert bound(500, 700, 0.01) == 500 * 700 / 2000
    assert WELL.share == 0.9


def test_what_is_wrong_is_told() -> None:
    assert wrong(WELL, 5, 40) == ""
    assert "200 contacts stand in 5 mailboxes" in wrong(WELL, 5, 41)
    assert "stopped" in wrong(replace(WELL, words="stopped"), 5, 40)
    assert "5 requests at once" in wrong(replace(WELL, counts=replace(WELL.counts, most_at_once=5)), 5, 40)


def test_the_figures_in_words() -> None:
    lines = "\n".join(told(WELL))
    assert "200 contacts in 5 mailboxes: 10.0 s, 20 a second" in lines
    assert "the limits allow 9.0 s: 90.0% of that speed" in lines


async def test_rows_are_those_of_the_table(tmp_path: Path) -> None:
    found = await rows(tmp_path, mailboxes=2, contacts=5, latency=0.001)
    assert tuple(row.name for row in found) == NAMES
    assert found[0].at_least == 0.9


@pytest.mark.parametrize("more", [[], ["--profile"]])
def test_the_command_prints_and_says_whether_all_went_well(capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    assert main(["--mailboxes", "2", "--contacts", "5", "--latency", "0.001", *more]) == 0
    printed = capsys.readouterr().out
    assert "10 contacts in 2 mailboxes" in printed
    assert ("function calls" in printed) is bool(more)
