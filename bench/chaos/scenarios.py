"""Every scenario, in the order in which `make chaos` plays them."""

from typing import Final

from bench.chaos import clock, descriptors, disk, names, second_level, signals, upstreams, workers
from bench.chaos.trial import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = (
    upstreams.LIES,
    upstreams.DOWN,
    upstreams.EVERY,
    names.UNRESOLVED,
    second_level.KILLED,
    second_level.NONSENSE,
    disk.FULL,
    disk.REQUIRED,
    clock.STEPPED,
    clock.BACK,
    descriptors.EXHAUSTED,
    signals.HANGUP,
    signals.TERMINATE,
    signals.KILL,
    signals.STOPPED,
    workers.KILLED,
    workers.TOLD,
)
