"""Whatever the clock says, nothing too old is served."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bench.chaos import clock
from bench.chaos.trial import Scenario
from tests.bench.chaos.short import held
from tests.needs import program


@pytest.mark.parametrize("scenario", [clock.STEPPED, clock.BACK], ids=lambda each: each.name)
async def test_it_holds(tmp_path: Path, scenario: Scenario) -> None:
    await held(scenario, tmp_path)


async def test_the_clock_of_another_process_is_set(tmp_path: Path) -> None:
    program("gcc")
    code = "import time; print(time.time() - time.monotonic())"
    async with clock.faked(tmp_path) as beside:
        told = []
        for seconds in (0.0, -3600.0):
            beside.handle.step(seconds)
            env = {**os.environ, **beside.env}
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env=env, stdout=pipe)
            told.append(float((await process.communicate())[0]))
    assert told[1] - told[0] == pytest.approx(-3600, abs=1)
