"""Tests of proxy/ledger/reader.py."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.model.freebusy import Answer, Reason
from proxy.ledger.entry import render
from proxy.ledger.pseudonyms import plainly
from proxy.ledger.reader import Reader, about
from tests.proxy.ledger.entries import NOW, Caller, entry, group, known, unknown

DAY = 86_400


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Two processes of one day, an older day packed, and a line that was cut off."""
    asked: list[Answer] = [known("ann@b.example"), unknown("bob@b.example", Reason.FORBIDDEN)]
    first = entry(*asked, after=1, caller=Caller("r-2", person="paula@n.example"))
    second, third = entry(after=2, caller=Caller("r-3")), entry(after=3, caller=Caller("r-4", caller="other"))
    old = entry(after=-2 * DAY, caller=Caller("r-1"))
    lines = [render(each, plainly) for each in (old, first, second, third)]
    with gzip.open(tmp_path / "ledger-2026-11-18-c.jsonl.gz", "wb") as stream:
        stream.write(lines[0])
    (tmp_path / "ledger-2026-11-20-a.jsonl").write_bytes(lines[1] + lines[3] + lines[0][:40])
    (tmp_path / "ledger-2026-11-20-b.jsonl").write_bytes(lines[2])
    (tmp_path / "notes.txt").write_text("not of the ledger")
    return tmp_path


def test_all_processes_are_one_story_by_time(ledger: Path) -> None:
    reader = Reader(ledger)
    found = [(look.request, look.address, look.verdict, look.outcome) for look in reader.looks()]
    assert found == [
        ("r-1", "ann@b.example", "allowed", "busy"),
        ("r-2", "ann@b.example", "allowed", "busy"),
        ("r-2", "bob@b.example", "forbidden", "refused"),
        ("r-3", "ann@b.example", "allowed", "busy"),
        ("r-4", "ann@b.example", "allowed", "busy"),
    ]
    assert reader.broken == 1
    assert [day.day for day in reader.days()] == [18, 20]


def test_since_when(ledger: Path) -> None:
    found = Reader(ledger).looks(NOW + timedelta(seconds=2))
    assert [look.request for look in found] == ["r-3", "r-4"]


def test_a_person_is_told_of_themself_and_of_nobody_else(ledger: Path) -> None:
    bob = list(about(Reader(ledger).looks(), {"bob@b.example"}))
    assert [(look.request, look.address, look.part, look.person) for look in bob] == [
        ("r-2", "bob@b.example", "looked-at", "")
    ]
    paula = list(about(Reader(ledger).looks(), {"paula@n.example"}))
    assert [(look.request, look.address, look.part) for look in paula] == [("r-2", "", "asked")] * 2


@pytest.mark.parametrize("line", [b"{}\n", b"[]\n", b"\xff\n", b'{"time": 3}\n', b'{"time": "x", "people": 1}\n'])
def test_lines_that_are_none_are_counted(tmp_path: Path, line: bytes) -> None:
    whole = render(entry(), plainly)
    (tmp_path / "ledger-2026-11-20-a.jsonl").write_bytes(line + whole)
    reader = Reader(tmp_path)
    assert ([look.request for look in reader.looks()], reader.broken) == (["r-1"], 1)


def test_a_packed_file_that_is_broken_is_counted(tmp_path: Path) -> None:
    (tmp_path / "ledger-2026-11-20-a.jsonl.gz").write_bytes(gzip.compress(render(entry(), plainly))[:-9])
    (tmp_path / "ledger-2026-11-20-b.jsonl.gz").write_bytes(b"not packed")
    reader = Reader(tmp_path)
    list(reader.looks())
    assert reader.broken == 2


def test_through_which_group_somebody_was_seen(tmp_path: Path) -> None:
    asked = entry(group("team@b.example", "ann@b.example"), caller=Caller(person="paula@n.example"))
    (tmp_path / "ledger-2026-11-20-a.jsonl").write_bytes(render(asked, plainly))
    assert [(look.address, look.through) for look in Reader(tmp_path).looks()] == [
        ("team@b.example", ""),
        ("ann@b.example", "team@b.example"),
    ]
    [ann] = about(Reader(tmp_path).looks(), {"ann@b.example"})
    assert (ann.address, ann.through, ann.person) == ("ann@b.example", "team@b.example", "")
    assert {(look.address, look.through) for look in about(Reader(tmp_path).looks(), {"paula@n.example"})} == {("", "")}
