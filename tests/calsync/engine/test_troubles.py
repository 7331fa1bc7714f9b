"""An error of a spoke becomes words, and never an exception of the engine."""

import asyncio
from datetime import timedelta

import pytest

from calsync.engine.troubles import in_peace
from calsync.spoke import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

SOON = timedelta(seconds=60)


async def test_what_is_answered_is_given() -> None:
    async def answer() -> int:
        return 3

    assert await in_peace(answer(), within=SOON) == 3


async def test_a_failing_peer_is_in_doubt() -> None:
    async def fail() -> int:
        raise PeerError(Reason.THROTTLED, "too many", retry_after=timedelta(seconds=7))

    told = await in_peace(fail(), within=SOON)
    words = "too many; it asks to be left alone for 7 s"
    assert told == Failed(reason=Reason.THROTTLED, words=words, retry_after=timedelta(seconds=7), doubt=True)


async def test_who_never_answers_is_not_waited_for() -> None:
    told = await in_peace(asyncio.Event().wait(), within=timedelta(milliseconds=1))
    assert isinstance(told, Failed)
    assert (told.reason, told.doubt) == (Reason.TIMEOUT, True)


async def test_our_own_defects_are_raised() -> None:
    async def fail() -> int:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await in_peace(fail(), within=SOON)
