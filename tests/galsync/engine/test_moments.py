"""Tests of galsync/engine/moments.py: who hears of a run, and that it names nobody."""

from pathlib import Path

from galsync.engine.moments import Moment, News, silent
from tests.galsync.machine import machine
from tests.galsync.stock import person


def test_silence() -> None:
    silent(News(Moment.READ, "hr", 3))


async def test_the_moments_of_a_run_come_in_their_order_and_name_nobody(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann"), person("bob")) as it:
        await it.engine().apply()
        assert [(news.moment, news.where, news.number) for news in it.news] == [
            (Moment.READING, "hr", 0),
            (Moment.READ, "hr", 2),
            (Moment.READING, "world", 0),
            (Moment.READ, "world", 0),
            (Moment.PLANNED, "staff", 2),
            (Moment.BEGUN, "", 2),
            (Moment.WRITTEN, "", 2),
            (Moment.AGREED, "", 2),
            (Moment.ENDED, "staff", 2),
        ]
