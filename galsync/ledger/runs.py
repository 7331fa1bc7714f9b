"""The rows of the history: what a run was, and what became of each of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from galsync.rows import Done
from galsync.steps import Why
from service.runs.states import RunState, StepState


class RunKind(Enum):
    """What a run set out to do."""

    APPLY = "apply"
    UNDO = "undo"
    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. ``counts`` are its figures by name, ``words`` what was said at its end; instants are UTC."""

    number: int
    sync: str
    kind: RunKind
    state: RunState
    begun_at: datetime
    ended_at: datetime | None = None
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a run: ``done`` is what undo needs, as far as ``state`` says that it was done at all."""

    number: int
    state: StepState
    why: Why
    done: Done
    note: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Where the next reading of a source's changes goes on; ``people`` is how many the last whole reading gave."""

    text: str = field(repr=False)
    read_at: datetime
    people: int
