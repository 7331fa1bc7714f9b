"""What is told of a request: how many mailboxes, and what became of them."""

from protocols.model.freebusy import Reason, Unavailable
from proxy.fronts.record import Record


def test_outcomes_are_counted() -> None:
    record = Record("id")
    reasons = (Reason.TIMEOUT, Reason.TIMEOUT, Reason.NO_ROUTE)
    record.answered([Unavailable(mailbox=None, reason=reason) for reason in reasons])
    assert record.mailboxes == 3
    assert record.outcomes == {"timeout": 2, "no-route": 1}
