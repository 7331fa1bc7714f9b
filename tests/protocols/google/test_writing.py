"""What becomes of a write that Google does not do."""

from datetime import timedelta

import pytest

from protocols.errors import PeerError
from protocols.google.writing import NOT_OURS, PAUSE, STALE, Refusal, refused, tried
from protocols.model.freebusy import Reason
from tests.protocols.scripted import run


@pytest.mark.parametrize("reason", Reason)
def test_doubt_and_trying_again(reason: Reason) -> None:
    refusal = refused(PeerError(reason, "words"), doubt=True)
    done_nothing = (Reason.THROTTLED, Reason.UNAUTHORIZED, Reason.NO_ACCESS, Reason.NO_SUCH_MAILBOX)
    assert refusal.doubt is (reason not in done_nothing)
    passes = (Reason.THROTTLED, Reason.PEER_FAILED, Reason.TIMEOUT, Reason.UNREACHABLE, Reason.GARBLED)
    assert refusal.retry_after == (PAUSE if reason in passes else None)
    assert "words" in refusal.words


def test_what_is_told_is_waited_for() -> None:
    error = PeerError(Reason.THROTTLED, retry_after=timedelta(seconds=9))
    assert refused(error, doubt=False, status=429).retry_after == timedelta(seconds=9)
    assert refused(PeerError(Reason.PEER_FAILED), doubt=False, status=400).retry_after is None


def test_a_reading_that_fails_is_a_refusal_without_doubt() -> None:
    async def fails() -> int:
        raise PeerError(Reason.TIMEOUT)

    async def works() -> int:
        return 7

    refusal = run(tried(fails()))
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.doubt) == (Reason.TIMEOUT, False)
    assert run(tried(works())) == 7


def test_those_that_are_constant_say_what_happens_next() -> None:
    assert STALE.stale
    assert not STALE.doubt
    assert NOT_OURS.reason is Reason.FORBIDDEN
