"""Sees every answered look-up: counts the people, and writes the request into the ledger if there is one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Answer, Question
from proxy.connector import Clock
from proxy.ledger.crowd import Crowd
from proxy.ledger.entry import Visit, entry_of
from proxy.ledger.writer import Writer

_PATIENCE: Final = timedelta(seconds=30)


class Witness:
    """``writer`` is None where no ledger is kept."""

    def __init__(self, *, crowd: Crowd, writer: Writer | None, clock: Clock) -> None:
        self._crowd, self._writer, self._clock = crowd, writer, clock

    def ready(self) -> None:
        """Raises RequestError (BUSY) where nothing may be answered now: the ledger is required and not written."""
        if self._writer is not None and self._writer.refuses:
            raise RequestError(Fault.BUSY, back_off=_PATIENCE)

    def saw(self, visit: Visit, question: Question, answers: Sequence[Answer]) -> None:
        """The look-up of ``visit`` was answered so. Never waits, never raises."""
        self._crowd.asked(visit.caller, [each.mailbox.address for each in answers if each.mailbox is not None])
        if self._writer is not None:
            self._writer.put(entry_of(self._clock(), visit, question, answers))
