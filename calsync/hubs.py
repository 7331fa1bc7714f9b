"""A hub as it is carried out: its rules, the spokes that they name, and how patient it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from calsync.rules import Gives, HubRules
from calsync.spoke import Spoke
from protocols.model.window import TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """``spokes`` by name, one for each of ``rules.spokes``. ``fingerprint`` is another as soon as any rule is, or which
    calendar a spoke is: everything is read and planned anew then.

    ``lease``: how long a run is believed to go on that tells nothing any more. ``attempts`` for a write that may pass,
    ``patience`` for one answer (of a feed: for one page). ``whole_every``: a feed is read whole again after so long,
    whatever its token says. ``given_up``: so many failures in a row, and nothing more is written to that spoke in this
    run. ``rounds``: how often what was changed meanwhile is read and planned anew in the same run.
    """

    rules: HubRules
    spokes: Mapping[str, Spoke]
    fingerprint: str
    lease: timedelta = timedelta(minutes=1)
    attempts: int = 5
    patience: timedelta = timedelta(minutes=2)
    whole_every: timedelta = timedelta(days=7)
    given_up: int = 20
    rounds: int = 3

    def __post_init__(self) -> None:
        if set(self.spokes) != {spoke.name for spoke in self.rules.spokes}:
            raise ValueError(f"{self.rules.name} wants a spoke for each of its rules, and a rule for each spoke")

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self.rules.name

    def window(self, now: datetime) -> TimeWindow:
        """What is read everywhere: as far as any spoke gives, since its copies stand at all the others."""
        gives = [spoke.gives for spoke in self.rules.spokes if spoke.gives is not None] or [Gives()]
        return TimeWindow(now - max(each.back for each in gives), now + max(each.ahead for each in gives))
