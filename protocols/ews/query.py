"""One GetUserAvailability request in the words of the house: who, when, how much, and in which zone to answer."""

from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum

from protocols.model.freebusy import Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.suggesting import Role, Terms
from protocols.model.window import TimeWindow


class View(Enum):
    """What is returned of each mailbox, in the order of how much that is. ``None`` exists in answers only."""

    MERGED_ONLY = "MergedOnly"
    FREE_BUSY = "FreeBusy"
    FREE_BUSY_MERGED = "FreeBusyMerged"
    DETAILED = "Detailed"
    DETAILED_MERGED = "DetailedMerged"

    @property
    def merged(self) -> bool:
        """Whether it holds the merged string."""
        return self in _MERGED

    @property
    def detail(self) -> Detail:
        """The level of detail it shows."""
        return Detail.DETAILS if self in _DETAILED else Detail.BUSY


_MERGED = frozenset({View.MERGED_ONLY, View.FREE_BUSY_MERGED, View.DETAILED_MERGED})
_DETAILED = frozenset({View.DETAILED, View.DETAILED_MERGED})
RANKS = {view.value: rank for rank, view in enumerate(View)}


@dataclass(frozen=True, slots=True)
class Target:
    """A mailbox as it was asked for; ``mailbox`` is None where that is no SMTP address."""

    asked: str
    mailbox: Mailbox | None


@dataclass(frozen=True, slots=True)
class Guest:
    """What one target of the request is to the meeting; ``must_be_free`` is ExcludeConflicts."""

    role: Role = Role.REQUIRED
    must_be_free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsAsked:
    """Which meeting times are asked for; ``guests`` are as many as the targets of the request, in their order."""

    window: TimeWindow
    terms: Terms
    guests: tuple[Guest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityRequest:
    """What one request asks; ``targets`` in the order asked, duplicates kept.

    ``question`` is None where only ``suggestions`` are wanted. Times are read and written in ``zone``.
    ``server_version`` is "" where the header is missing; ``request_type`` is CrossForest, CrossSite or "".
    """

    targets: tuple[Target, ...]
    question: Question | None
    view: View
    zone: tzinfo
    server_version: str = ""
    suggestions: SuggestionsAsked | None = None
    request_type: str = ""
