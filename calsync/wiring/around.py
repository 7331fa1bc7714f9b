"""What the runs of all hubs in one process go by: the clock, the chance, and who this process is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from calsync.wiring.parts import Chance, Clock, Sleep

JITTER: Final = timedelta(seconds=20)
"""How late a run may begin, so that all who wrote the same schedule do not ask the same peer at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """``directory`` is that of the configuration file. ``holder`` names this process in the leases; ``number`` gives a
    text that is never the same, ``random`` so many octets as hexadecimal text, which nobody can guess."""

    directory: Path
    holder: str
    clock: Clock
    sleep: Sleep
    chance: Chance
    number: Callable[[], str]
    random: Callable[[int], str]
    jitter: timedelta = JITTER
