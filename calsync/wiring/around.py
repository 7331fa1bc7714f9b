"""What the runs of all hubs in one process go by: the clock, the chance, and who this process is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from calsync.wiring.parts import Chance, Clock, Rests, Sleep

JITTER: Final = timedelta(seconds=20)
"""How late a run may begin, so that all who wrote the same schedule do not ask the same peer at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """``directory`` is that of the configuration file. ``holder`` names this process in the leases; ``number`` gives a
    text that is never the same, ``random`` so many octets as hexadecimal text, which nobody can guess. ``rests`` is
    what servers asked for that outlives a run."""

    directory: Path
    holder: str
    clock: Clock
    sleep: Sleep
    chance: Chance
    number: Callable[[], str]
    random: Callable[[int], str]
    jitter: timedelta = JITTER
    rests: Rests = field(default_factory=Rests)
