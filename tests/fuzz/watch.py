"""The second that one input may take, of the processor and not on the wall: the machine may be busy otherwise."""

import time
from collections.abc import Callable

ITSELF = "BUSYLINE_FUZZ_COMMAND"  # the environment variable that names what libFuzzer starts again while it merges
LONGEST = 1.0  # seconds


class Hang(AssertionError):  # noqa: N818 - a verdict
    """One input took longer than it may."""


def timed(check: Callable[[bytes], None], *, clock: Callable[[], float] = time.process_time) -> Callable[[bytes], None]:
    """``check``, which raises Hang where an input takes longer than a second of processor time."""

    def run(data: bytes) -> None:
        started = clock()
        check(data)
        took = clock() - started
        if took > LONGEST:
            raise Hang(f"an input of {len(data)} bytes took {took:.2f} s")

    return run
