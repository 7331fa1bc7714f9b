"""The vacation responder: of the token's person alone, and what is not set is left out."""

from datetime import UTC, datetime

import pytest

from simulation.estate import Estate
from simulation.google.automatic_replies import MAY_READ, answer
from simulation.google.refusals import GoogleRefusal
from simulation.google.tokens import Grant
from simulation.replies import Reply
from tests.simulation.google.asking import LOOKER

_GRANT = Grant(LOOKER, MAY_READ, 0)


def test_what_is_set_is_told_and_the_rest_left_out(estate: Estate) -> None:
    end = datetime(2026, 11, 23, tzinfo=UTC)
    told = answer(estate, _GRANT, {LOOKER: Reply(external="away", internal="", audience="none", end=end)})
    assert told == {
        "enableAutoReply": True,
        "responseBodyHtml": "away",
        "restrictToDomain": True,
        "endTime": "1795392000000",
    }
    assert answer(estate, _GRANT, {}) == {"enableAutoReply": False}


def test_whom_it_is_told(estate: Estate) -> None:
    with pytest.raises(GoogleRefusal, match="insufficientPermissions"):
        answer(estate, Grant(LOOKER, frozenset(), 0), {})
    with pytest.raises(GoogleRefusal, match="notFound"):
        answer(estate, Grant("busyline@somewhere.iam.gserviceaccount.com", MAY_READ, 0), {})
