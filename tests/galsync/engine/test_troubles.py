"""Tests of galsync/engine/troubles.py: what a peer's error becomes."""

import asyncio
from datetime import timedelta

import pytest

from galsync.engine.troubles import in_peace
from galsync.side import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason


async def give(result: object) -> object:
    if isinstance(result, Exception):
        raise result
    return result


async def test_what_goes_well_is_handed_on() -> None:
    assert await in_peace(give([1, 2])) == [1, 2]


async def test_an_error_of_the_peer_becomes_words_and_leaves_doubt() -> None:
    error = PeerError(Reason.THROTTLED, "slowly", retry_after=timedelta(seconds=3))
    assert await in_peace(give(error)) == Failed(Reason.THROTTLED, "slowly", timedelta(seconds=3), doubt=True)


async def test_whoever_does_not_answer_is_cut_off() -> None:
    found = await in_peace(asyncio.Event().wait(), within=timedelta(milliseconds=10))
    assert found == Failed(Reason.TIMEOUT, "did not answer in time", doubt=True)


async def test_an_error_of_our_own_stays_one() -> None:
    with pytest.raises(KeyError):
        await in_peace(give(KeyError("ours")))
