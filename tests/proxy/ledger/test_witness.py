"""Tests of proxy/ledger/witness.py."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Reason
from proxy.ledger.crowd import Crowd
from proxy.ledger.entry import Entry
from proxy.ledger.files import Files
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
    book, crowd = Book(tmp_path), Crowd({"northwind": 10}, clock=lambda: NOW)
    witness = Witness(crowd=crowd, writer=book, clock=lambda: NOW)
    witness.saw(Caller(), QUESTION, [known("ann@b.example"), unknown("bob@b.example", Reason.FORBIDDEN)])
    witness.saw(Caller(), QUESTION, [known("ann@b.example"), unknown(None, Reason.INVALID_ADDRESS)])
    assert crowd.people("northwind") == 2
    assert [len(entry.looked) for entry in book.entries] == [2, 1]
    assert {entry.at for entry in book.entries} == {NOW}


def test_people_are_counted_without_a_ledger() -> None:
    crowd = Crowd({"northwind": 1}, clock=lambda: NOW)
    witness = Witness(crowd=crowd, writer=None, clock=lambda: NOW)
    witness.ready()
    witness.saw(Caller(), QUESTION, [known("ann@b.example"), known("bob@b.example")])
    assert crowd.exceeded("northwind") == 1


async def test_nobody_is_answered_while_the_ledger_refuses(tmp_path: Path) -> None:
    book = Book(tmp_path)
    witness = Witness(crowd=Crowd({}, clock=lambda: NOW), writer=book, clock=lambda: NOW)
    witness.ready()
    book.broken = True
    with pytest.raises(RequestError) as caught:
        witness.ready()
    assert (caught.value.fault, caught.value.back_off) == (Fault.BUSY, timedelta(seconds=30))


async def test_a_request_pays_microseconds(tmp_path: Path) -> None:
    """Measured: 2 to 3 µs. The bound is wide, for machines that do other things meanwhile."""
    files = Files(tmp_path, rotate=10_000_000, keep=timedelta(days=1))
    writer = Writer(files, name=plainly, clock=lambda: NOW)
    witness = Witness(crowd=Crowd({"northwind": 100}, clock=lambda: NOW), writer=writer, clock=lambda: NOW)
    caller, answers = Caller(), [known("ann@b.example")]
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(1000):
            witness.saw(caller, QUESTION, answers)
        best = min(best, (time.perf_counter() - started) / 1000)
    assert best < 50e-6, best
