"""What the server takes of the machine while it is asked: memory and file descriptors, sampled, and how they grow."""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Sample:
    """At so many questions: bytes of memory that are resident, and open file descriptors."""

    asked: int
    memory: int
    descriptors: int


@dataclass(slots=True)
class Watch:
    """Samples of a process and its children."""

    samples: list[Sample] = field(default_factory=list)

    async def over(self, pid: int, asked: Callable[[], int], *, every: float = 0.5) -> None:
        """A sample every so many seconds, until it is cancelled or the process is gone."""
        while taken := sample(pid, asked()):
            self.samples.append(taken)
            await asyncio.sleep(every)

    def growth(self, *, warm_up: float) -> float | None:
        """How much more memory the last tenth took than the tenth after ``warm_up`` (a share of all that was asked).

        0.05 is 5 %; medians of each tenth. None where one of them has no sample.
        """
        first, last = self._tenth(warm_up), self._tenth(0.9)
        if not first or not last:
            return None
        return median(each.memory for each in last) / median(each.memory for each in first) - 1

    def words(self) -> str:
        """The figures behind it."""
        if not self.samples:
            return "no sample"
        last, most = self.samples[-1], max(self.samples, key=lambda each: each.memory)
        return (
            f"{last.memory / 2**20:.0f} MiB at the end, {most.memory / 2**20:.0f} MiB at most, "
            f"{last.descriptors} descriptors, {max(each.descriptors for each in self.samples)} at most"
        )

    def _tenth(self, begin: float) -> list[Sample]:
        end = self.samples[-1].asked if self.samples else 0
        return [each for each in self.samples if begin * end <= each.asked <= (begin + 0.1) * end]


def sample(pid: int, asked: int) -> Sample | None:
    """What ``pid`` and its children take now; None where it is gone."""
    memory = descriptors = 0
    for each in family(pid):
        try:
            memory += int((_PROC / str(each) / "statm").read_text().split()[1]) * _PAGE
            descriptors += sum(1 for _ in (_PROC / str(each) / "fd").iterdir())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return Sample(asked, memory, descriptors) if memory else None


def family(pid: int) -> Iterator[int]:
    """``pid`` and all that descend from it."""
    yield pid
    try:
        children = (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield from family(int(child))
