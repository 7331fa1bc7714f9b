"""Growth is what the last tenth takes more than the tenth after warming up."""

import asyncio
import os
import sys
from contextlib import suppress

import pytest

from bench.soak.watching import Sample, Watch, family, sample


def test_growth_compares_tenths() -> None:
    flat = Watch([Sample(n, 200 if n < 40 else 300, 5) for n in range(101)])
    assert flat.growth(warm_up=0.4) == 0
    leak = Watch([Sample(n, 1000 + 10 * n, 5) for n in range(101)])
    assert leak.growth(warm_up=0.4) == pytest.approx(1950 / 1450 - 1)
    assert Watch().growth(warm_up=0.4) is None
    assert "5 descriptors" in leak.words()
    assert Watch().words() == "no sample"


async def test_a_process_and_its_children_are_measured() -> None:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "input('here')", stdin=pipe, stdout=pipe)
    try:
        assert child.stdout is not None
        await child.stdout.readexactly(4)  # before that it may hold next to nothing
        assert child.pid in list(family(os.getpid()))
        taken = sample(child.pid, 7)
        assert taken is not None
        assert (taken.asked, taken.memory > 2**20, taken.descriptors > 2) == (7, True, True)
    finally:
        assert child.stdin is not None
        child.stdin.close()
        await child.wait()
    assert sample(child.pid, 8) is None


async def test_sampling_ends_with_the_process() -> None:
    watch = Watch()
    asked = asyncio.Event()

    def count() -> int:
        asked.set()
        return 1

    sampling = asyncio.create_task(watch.over(os.getpid(), count, every=0.001))
    await asked.wait()
    sampling.cancel()
    with suppress(asyncio.CancelledError):
        await sampling
    assert [each.asked for each in watch.samples[:1]] == [1]
    await Watch().over(2**22 + 1, lambda: 1)  # nobody has this pid: it returns
