"""Tests of galsync/sides/tenant_failures.py."""

from datetime import timedelta

from galsync.sides.tenant_failures import failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason


def test_what_nobody_saw_the_end_of_is_in_doubt() -> None:
    assert failed(PeerError(Reason.TIMEOUT)).doubt
    refused = failed(PeerError(Reason.NO_ACCESS, "HTTP 403", retry_after=timedelta(seconds=1)))
    assert (refused.doubt, refused.words, refused.retry_after) == (False, "HTTP 403", timedelta(seconds=1))
    assert failed(PeerError(Reason.NO_ACCESS)).words == "no-access"
