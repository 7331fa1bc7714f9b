"""Tests of calsync/schedule.py: a hub that runs by itself is what the wiring opens, and what a test scripts."""

from calsync.schedule import Doing, Scheduled
from calsync.wiring.open_hub import OpenHub
from service.jobs.cron import Schedule
from tests.calsync.scripted import Scripted


def test_what_carries_a_hub_out() -> None:
    kinds: tuple[type[Doing], ...] = (OpenHub, Scripted)
    assert all({"sync", "watched"} <= set(dir(kind)) for kind in kinds)
    assert Scheduled(doing=Scripted(), schedule=Schedule.parse("@hourly")).notices
