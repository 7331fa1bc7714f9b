"""Mailboxes without an answer."""

import pytest

from protocols.errors import Fault, RequestError
from protocols.ews.failures import FAILURES, refused
from protocols.ews.tables import CODES
from protocols.model.freebusy import Reason, Unavailable
from tests.protocols.ews.samples import ANN, answered, request_of, texts, valid


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_code_and_a_view_of_type_none(reason: Reason) -> None:
    root = valid(answered(request_of(), Unavailable(mailbox=ANN, reason=reason, detail="secret")))
    assert texts(root, "ResponseCode") == [CODES[reason]]
    assert texts(root, "FreeBusyViewType") == ["None"]
    assert texts(root, "DescriptiveLinkKey") == ["0"]
    assert [message.get("ResponseClass") for message in root.iter("{*}ResponseMessage")] == ["Error"]


def test_unknown_and_forbidden_answer_the_same_bytes() -> None:
    hidden = (Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.NO_ROUTE, Reason.FORBIDDEN, Reason.NO_CALENDAR)
    answers = {
        answered(request_of(), Unavailable(mailbox=ANN, reason=reason, detail=reason.value)) for reason in hidden
    }
    assert len(answers) == 1


def test_the_number_that_exchange_gives_to_an_unknown_recipient() -> None:
    assert b">5009<" in FAILURES[Reason.INVALID_ADDRESS]


def test_a_refusal_repeats_the_callers_figures_only() -> None:
    assert b"actual size = 101" in refused(RequestError(Fault.TOO_MANY_MAILBOXES, "the actual size = 101."))
    assert b"secret" not in refused(RequestError(Fault.INTERNAL, "secret"))
