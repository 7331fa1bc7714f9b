"""The errors carry what is needed to answer, and say it in one line for the log."""

from datetime import timedelta

import pytest

from protocols.errors import Fault, PeerError, ProtocolError, RequestError
from protocols.model.freebusy import Reason


def test_a_peer_error_carries_reason_and_wait() -> None:
    error = PeerError(Reason.THROTTLED, "429", retry_after=timedelta(seconds=3))
    assert isinstance(error, ProtocolError)
    assert (error.reason, error.detail, error.retry_after) == (Reason.THROTTLED, "429", timedelta(seconds=3))
    assert str(error) == "throttled: 429"
    assert str(PeerError(Reason.TIMEOUT)) == "timeout"


def test_a_request_error_carries_fault_and_place() -> None:
    error = RequestError(Fault.MALFORMED, "mismatched tag", line=3, column=7)
    assert isinstance(error, ProtocolError)
    assert not isinstance(error, PeerError)
    assert (error.fault, error.text, error.line, error.column) == (Fault.MALFORMED, "mismatched tag", 3, 7)
    assert str(error) == "malformed: mismatched tag"
    assert str(RequestError(Fault.BUSY)) == "busy"


@pytest.mark.parametrize("enum", [Fault, Reason])
def test_the_words_are_plain_and_unique(enum: type[Fault] | type[Reason]) -> None:
    words = [member.value for member in enum]
    assert len(set(words)) == len(words)
    assert all(word == word.lower() and word.replace("-", "").isalpha() for word in words)
