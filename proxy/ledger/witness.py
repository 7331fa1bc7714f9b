"""Sees every answered look-up: counts the people, and writes the request into the ledger if there is one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Answer, Question
from proxy.connector import Clock
from proxy.ledger.entry import Visit, entry_of
from proxy.ledger.headcount import Headcount
from proxy.ledger.writer import Writer

_PATIENCE: Final = timedelta(seconds=30)
_DOUBT: Final = "the ledger is required and cannot be written, so every question is refused: see the log"


class Witness:
    """``writer`` is None where no ledger is kept."""

    def __init__(self, *, headcount: Headcount, writer: Writer | None, clock: Clock) -> None:
        self._headcount, self._writer, self._clock = headcount, writer, clock

    def ready(self) -> None:
        """Raises RequestError (BUSY) where nothing may be answered now: the ledger is required and not written."""
        if self._writer is not None and self._writer.refuses:
            raise RequestError(Fault.BUSY, back_off=_PATIENCE)

    def doubts(self) -> list[str]:
        """Why callers would turn away, for ``/readyz``; the log says more."""
        return [_DOUBT] if self._writer is not None and self._writer.refuses else []

    def saw(self, visit: Visit, question: Question, answers: Sequence[Answer]) -> None:
        """The look-up of ``visit`` was answered so. Never waits, never raises."""
        self._headcount.asked(visit.caller, answers)
        if self._writer is not None:
            self._writer.put(entry_of(self._clock(), visit, question, answers))
