"""What the ledger tells beside the items: where readings go on, what runs and steps were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from calsync.agreed import Agreed
from calsync.items import Fields
from calsync.spoke import Act, Outcome
from calsync.steps import Clash, Why
from service.runs.states import RunState, StepState


class RunKind(Enum):
    """What a run set out to do."""

    SYNC = "sync"
    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Where the next reading of a spoke goes on. ``token`` is "" where it has to be whole; ``read_at`` is when it was
    read last, ``whole_at`` when it was last read whole. ``rules`` is the fingerprint of the rules by which what was
    read was planned: under others, everything is planned anew. ``back`` and ``ahead`` bounded its window
    then (calsync.rules.Gives), None where it gave nothing."""

    token: str = field(repr=False)
    read_at: datetime
    whole_at: datetime | None = None
    rules: str = ""
    back: timedelta | None = None
    ahead: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. ``counts`` are its figures by name, ``words`` what was said at its end; instants are UTC."""

    number: int
    hub: str
    kind: RunKind
    state: RunState
    begun_at: datetime
    ended_at: datetime | None = None
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the step that ``Ledger.beginning`` gave this number."""

    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An item that is not at a spoke, or not as it should be there, since the spoke refused to take it: ``words`` say
    why (calsync.agreed.Link.left), ``title`` what it is called."""

    item: str
    spoke: str
    words: str
    title: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a run. ``key`` names the item at the spoke after it; ``title`` is what the item was called.

    ``before`` and ``after`` are what stood there and what was to stand: of an UPDATE the fields that it changed alone,
    of what was not seen nothing.
    """

    number: int
    run: int
    begun_at: datetime
    state: StepState
    act: Act
    why: Why
    item: str
    spoke: str
    key: str
    title: str
    words: str = ""
    before: Fields = field(default_factory=dict, repr=False)
    after: Fields = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashRow:
    """Two versions of a field, of which one was not taken: kept until the history is pruned."""

    number: int
    run: int
    at: datetime
    clash: Clash


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of one item, newest first. ``agreed`` is None where the ledger has forgotten it."""

    agreed: Agreed | None
    steps: Sequence[StepRow] = ()
    clashes: Sequence[ClashRow] = ()
