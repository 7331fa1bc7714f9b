"""The second that one input may take: of the processor and not on the wall, and again when it is looked at once more.

The machine may be busy otherwise, and a host that lends its processors elsewhere may count that to whoever runs: what
an input takes is the least that it took of a few times.
"""

import math
import time
from collections.abc import Callable

ITSELF = "BUSYLINE_FUZZ_COMMAND"  # the environment variable that names what libFuzzer starts again while it merges
LONGEST = 1.0  # seconds
_TIMES = 3


class Hang(AssertionError):  # noqa: N818 - a verdict
    """One input took longer than it may."""


def timed(check: Callable[[bytes], None], *, clock: Callable[[], float] = time.process_time) -> Callable[[bytes], None]:
    """``check``, which raises Hang where an input takes longer than a second of processor time, each of three times."""

    def once(data: bytes) -> float:
        started = clock()
        check(data)
        return clock() - started

    def run(data: bytes) -> None:
        least = math.inf
        for _ in range(_TIMES):
            if (least := min(least, once(data))) <= LONGEST:
                return
        raise Hang(f"an input of {len(data)} bytes took {least:.2f} s")

    return run
