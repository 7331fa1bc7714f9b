"""Tests of bench/calsync/ground.py: people work in both systems, and what the servers saw is told."""

from bench.calsync.ground import Asked, Reached, ground
from bench.calsync.hubs import NOW, appointment
from bench.calsync.ways import Faster


async def test_people_work_there() -> None:
    with ground(Asked(calendars=2, mailbox=True, clock=Faster(NOW, 1.0))) as there:
        assert isinstance(there.told, Reached)
        await there.ask("fill", "outlook", [appointment(1), appointment(2)])
        key = await there.ask("create", "google-1", appointment(3))
        await there.ask("change", "google-1", key, appointment(3, words=" again"))
        seen = await there.ask("seen")
    assert (seen.copies, seen.requests, seen.refused, seen.mails) == (2, 0, 0, 0)


async def test_what_nobody_carries_does_not_arrive() -> None:
    with ground(Asked(calendars=1, mailbox=True, clock=Faster(NOW, 1.0))) as there:
        key = await there.ask("create", "google-0", appointment(1))
        assert await there.ask("arrived", "google-0", key, appointment(1, words=" again"), 0.05) == 0.05
