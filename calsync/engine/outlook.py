"""What a run of a hub would do: a plan, with what was read for it and what could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from calsync.engine.troubles import Trouble
from calsync.ledger.rows import Feed, Refusal, RunKind
from calsync.steps import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """``troubles`` are the spokes that could not be read, and are left out. ``paused`` tells of each spoke that is left
    out why. ``stays`` are copies that a purge cannot remove, by spoke: as long as there are any, nothing is forgotten.
    ``read`` counts what each spoke told, ``whole`` are those that were read whole. ``unread`` says, by spoke and key,
    what is wrong with items that are there and cannot be read. ``refused`` is what a spoke refused before, and is not
    tried in this run; the first of them have titles. ``held_up`` counts, by spoke, the items that waited before until
    it can be written, and still do: those of the plan that begin to are not among them. ``feeds`` is where the next
    readings go on once this plan is kept. ``everything``: all items were planned anew.
    """

    hub: str
    kind: RunKind
    made_at: datetime
    plan: Plan = field(default_factory=Plan)
    troubles: tuple[Trouble, ...] = ()
    stays: tuple[Trouble, ...] = ()
    paused: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    unread: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    feeds: Mapping[str, Feed] = field(default_factory=dict, repr=False)
    everything: bool = False
    refused: Sequence[Refusal] = ()
    held_up: Mapping[str, int] = field(default_factory=dict)
