"""What the history tells of a step that was done: enough to undo it, and to know what a killed run was about."""

from dataclasses import dataclass

from galsync.entries import Agreement, Entry, Held
from galsync.steps import Act, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step of an earlier run, as :class:`galsync.steps.Step` had it.

    ``key`` names the object after the step: what the target answered, and what it was before where the target said
    nothing (REMOVE). ``before`` is what stood there (``Step.held``), ``known`` what the ledger knew of it
    (``Step.known``), ``agreement`` what it was to know afterwards (``Step.agreement``).
    """

    act: Act
    anchor: str
    place: str = ""
    key: str = ""
    entry: Entry | None = None
    before: Held | None = None
    known: Agreement | None = None
    agreement: Agreement | None = None
    changes: tuple[Change, ...] = ()
