"""Tests of proxy/ledger/witness.py."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Reason
from proxy.ledger.entry import Entry
from proxy.ledger.files import Files
from proxy.ledger.headcount import Headcount
from proxy.ledger.pseudonyms import plainly
from proxy.ledger.witness import Witness
from proxy.ledger.writer import Writer
from tests.proxy.ledger.entries import NOW, QUESTION, Caller, known, unknown


class Book(Writer):
    """A writer that keeps what it is given."""

    def __init__(self, directory: Path) -> None:
        super().__init__(Files(directory, rotate=1, keep=timedelta(days=1)), name=plainly, clock=lambda: NOW)
        self.entries: list[Entry] = []
        self.broken = False

    @property
    def refuses(self) -> bool:
        """Whether it is broken."""
        return self.broken

    def put(self, entry: Entry) -> None:
        """Keep it."""
        self.entries.append(entry)


async def test_every_look_up_is_counted_and_written_down(tmp_path: Path) -> None:
    book, headcount = Book(tmp_path), Headcount({"northwind": 10}, clock=lambda: NOW)
    witness = Witness(headcount=headcount, writer=book, clock=lambda: NOW)
    witness.saw(Caller(), QUESTION, [known("ann@b.example"), unknown("bob@b.example", Reason.FORBIDDEN)])
    witness.saw(Caller(), QUESTION, [known("ann@b.example"), unknown(None, Reason.INVALID_ADDRESS)])
    assert headcount.people("northwind") == 2
    assert [len(entry.looked) for entry in book.entries] == [2, 1]
    assert {entry.at for entry in book.entries} == {NOW}


def test_people_are_counted_without_a_ledger() -> None:
    headcount = Headcount({"northwind": 1}, clock=lambda: NOW)
    witness = Witness(headcount=headcount, writer=None, clock=lambda: NOW)
    witness.ready()
    assert witness.doubts() == []
    witness.saw(Caller(), QUESTION, [known("ann@b.example"), known("bob@b.example")])
    assert headcount.exceeded("northwind") == 1


async def test_nobody_is_answered_while_the_ledger_refuses(tmp_path: Path) -> None:
    book = Book(tmp_path)
    witness = Witness(headcount=Headcount({}, clock=lambda: NOW), writer=book, clock=lambda: NOW)
    witness.ready()
    assert witness.doubts() == []
    book.broken = True
    assert witness.doubts() == [
        "the ledger is required and cannot be written, so every question is refused: see the log"
    ]
    with pytest.raises(RequestError) as caught:
        witness.ready()
    assert (caught.value.fault, caught.value.back_off) == (Fault.BUSY, timedelta(seconds=30))


@pytest.mark.parametrize(("kept", "bound"), [(True, 50e-6), (False, 10e-6)])
async def test_a_request_pays_microseconds(tmp_path: Path, kept: bool, bound: float) -> None:
    """Measured: 2 to 3 µs, without a ledger 0.7. The bounds are wide, for machines that do other things meanwhile."""
    files = Files(tmp_path, rotate=10_000_000, keep=timedelta(days=1))
    writer = Writer(files, name=plainly, clock=lambda: NOW) if kept else None
    witness = Witness(headcount=Headcount({"northwind": 100}, clock=lambda: NOW), writer=writer, clock=lambda: NOW)
    caller, answers = Caller(), [known("ann@b.example")]
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(1000):
            witness.saw(caller, QUESTION, answers)
        best = min(best, (time.perf_counter() - started) / 1000)
    assert best < bound, best
