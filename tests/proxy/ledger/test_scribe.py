"""Tests of proxy/ledger/scribe.py: what must not fail for good, does not. Writing itself: test_writer.py."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from proxy.ledger.files import Files
from proxy.ledger.pseudonyms import plainly
from proxy.ledger.scribe import Scribe, in_words
from tests.proxy.ledger.entries import NOW, entry


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The time now."""
        return self.now


def _scribe(directory: Path, clock: Hands) -> Scribe:
    return Scribe(Files(directory, rotate=10_000, keep=timedelta(days=30)), name=plainly, clock=clock)


def test_what_could_not_be_removed_is_tried_again_within_the_hour_and_holds_up_nothing(tmp_path: Path) -> None:
    clock, stuck = Hands(), tmp_path / "ledger-2026-01-01-a.jsonl"
    scribe = _scribe(tmp_path, clock)
    stuck.mkdir()  # no file: it cannot be removed as one
    with capture_logs() as logs:
        for _ in range(3):
            scribe.take([entry()])
            scribe.write()
            clock.now += timedelta(minutes=1)
        assert (scribe.unwritten, len(logs)) == (0, 1)
        stuck.rmdir()
        stuck.touch()
        scribe.write()
        assert stuck.exists()
        clock.now += timedelta(hours=1)
        scribe.write()
        assert not stuck.exists()
    scribe.close()
    assert [line["event"] for line in logs] == ["ledger_not_pruned"]


def test_what_was_taken_stays_whatever_goes_wrong(tmp_path: Path) -> None:
    class Stopped(Hands):
        def __call__(self) -> datetime:
            raise OverflowError

    scribe = _scribe(tmp_path, Stopped())
    for waiting in (1, 2):
        scribe.take([entry()])
        with pytest.raises(OverflowError):
            scribe.write()
        assert scribe.unwritten == waiting


def test_errors_in_words() -> None:
    assert in_words(OSError(28, "No space left on device")) == "No space left on device"
    assert in_words(OSError()) == "OSError"
    assert in_words(ValueError("ann@b.example")) == "ValueError"
