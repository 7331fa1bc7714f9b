"""How often an administrator is told, and what not."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Reason
from proxy.complaints import Complaints
from tests.contracts.virtual import START


def test_each_reason_is_told_once_a_minute() -> None:
    seconds, told = [0, 1, 59.9, 60, 61, 120], []
    now = START
    complaints = Complaints("b", clock=lambda: now)
    for second in seconds:
        now = START + timedelta(seconds=second)
        for reason in (Reason.UNREACHABLE, Reason.UNAUTHORIZED):
            with capture_logs() as logs:
                complaints.about(reason, "b.example: its name is not known")
            told += [(second, log["reason"]) for log in logs]
    assert told == [(second, reason) for second in (0, 60, 120) for reason in ("unreachable", "unauthorized")]


def test_a_clock_set_back_does_not_silence_it() -> None:
    now = START
    complaints = Complaints("b", clock=lambda: now)
    with capture_logs() as logs:
        complaints.about(Reason.TIMEOUT, "")
        now -= timedelta(hours=1)
        complaints.about(Reason.TIMEOUT, "")
    assert len(logs) == 2


@pytest.mark.parametrize(
    "detail", ["HTTP 403 forbidden: ann@b.example has none", "GET /users/ann%40b.example/events", "<ann@b.example>"]
)
def test_addresses_are_left_out(detail: str) -> None:
    with capture_logs() as logs:
        Complaints("b", clock=lambda: START).about(Reason.PEER_FAILED, detail)
    [log] = logs
    assert "ann" not in log["detail"]
    assert (log["event"], log["log_level"], log["connector"]) == ("peer_failed", "warning", "b")
