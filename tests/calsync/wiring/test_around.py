"""Tests of calsync/wiring/around.py: hubs begin a little late, and far less than they wait between two runs."""

from datetime import timedelta
from pathlib import Path

from calsync.wiring.around import JITTER
from tests.calsync.wiring.merger_world import around
from tests.service.jobs.ticking import Time


def test_hubs_that_run_every_few_minutes_begin_soon(tmp_path: Path) -> None:
    assert around(tmp_path, Time()).jitter < JITTER < timedelta(minutes=1)
