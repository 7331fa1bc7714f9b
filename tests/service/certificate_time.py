"""Two certificates of one name, and a clock that goes on by the pauses alone, for whatever keeps certificates fresh."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from service.certificate_files import Keeper
from tests.certs.authority import DAY, NOW, Authority

CA = Authority()
NAME = "busy.example.com"
FIRST, SECOND = CA.leaf(NAME, begins=NOW, ends=NOW + 90 * DAY), CA.leaf(NAME, begins=NOW, ends=NOW + 120 * DAY)


class OverError(Exception):
    """The script has no more pauses."""


class Time:
    """A clock that goes on by the pauses alone; in those of ``rings``, counted from 1, somebody rings at once."""

    def __init__(self, pauses: int, *, rings: dict[int, Callable[[], object]] | None = None) -> None:
        self.now, self.left, self.rings = NOW, pauses, rings or {}
        self.slept: list[timedelta] = []

    def clock(self) -> datetime:
        return self.now

    async def pause(self, length: timedelta) -> bool:
        if len(self.slept) == self.left:
            raise OverError
        self.slept.append(length)
        if (ring := self.rings.get(len(self.slept))) is not None:
            ring()
            return True
        self.now += length
        return False


async def over(keeper: Keeper) -> None:
    with pytest.raises(OverError):
        await keeper.run()
