"""Tests of service/runs/pauses.py: a pause tells its reason, and is of what was paused alone."""

import pytest

from service.runs import pauses
from tests.service.runs.kept import NOON, Kept, kept

WHAT = {"one": "hub", "other": ""}


async def why(it: Kept, **what: str) -> str:
    async with it.database.reading() as connection:
        return await pauses.paused(connection, it.pauses, WHAT | what)


async def test_a_pause_tells_its_reason(url: str) -> None:
    async with kept(url) as it:
        assert await why(it) == ""
        for reason in ("until the merger is signed", "for the holidays"):
            async with it.database.writing() as connection:
                await pauses.pause(connection, it.pauses, WHAT, reason, NOON)
        assert (await why(it), await why(it, other="spoke"), await why(it, one="hub 2")) == ("for the holidays", "", "")
        for _ in range(2):
            async with it.database.writing() as connection:
                await pauses.resume(connection, it.pauses, WHAT)
        assert await why(it) == ""


async def test_a_pause_without_a_reason_is_none(url: str) -> None:
    async with kept(url) as it:
        with pytest.raises(ValueError, match="a pause needs a reason"):
            async with it.database.writing() as connection:
                await pauses.pause(connection, it.pauses, WHAT, "", NOON)
        assert await why(it) == ""
