"""The tables: total over the house's words, and true to the schema."""

import pytest
from lxml import etree

from protocols.errors import Fault
from protocols.ews import tables
from protocols.ews.schema import document
from protocols.model.freebusy import Reason
from protocols.model.intervals import BusyStatus


def _documented_codes() -> set[str]:
    root = etree.fromstring(document("messages.xsd", "") or b"")
    return {str(element.get("value")) for element in root.iter("{*}enumeration")}


def test_every_status_has_a_word_and_a_digit() -> None:
    assert set(tables.BUSY_TYPES) == set(tables.DIGITS) == set(BusyStatus)
    assert set(tables.DIGITS.values()) <= set("0123")


def test_words_of_status_are_read_back() -> None:
    assert {tables.STATUSES[word] for word in tables.BUSY_TYPES.values()} == set(BusyStatus)
    assert "NoData" not in tables.STATUSES


def test_every_reason_and_every_fault_has_a_code_with_a_text() -> None:
    assert set(tables.CODES) == set(Reason)
    assert set(tables.FAULT_CODES) == set(Fault)
    codes = {*tables.CODES.values(), *tables.FAULT_CODES.values(), tables.SUGGESTIONS_FAILED}
    assert codes == set(tables.TEXTS)


def test_every_code_written_or_read_is_documented() -> None:
    assert {*tables.TEXTS, *tables.REASONS, *tables.EXCEPTION_CODES} <= _documented_codes()


@pytest.mark.parametrize("reason", [Reason.NO_ACCESS, Reason.NO_ROUTE, Reason.FORBIDDEN, Reason.NO_CALENDAR])
def test_unknown_and_forbidden_mailboxes_cannot_be_told_apart(reason: Reason) -> None:
    assert tables.CODES[reason] == tables.CODES[Reason.NO_SUCH_MAILBOX] == "ErrorNoFreeBusyAccess"


def test_what_we_write_is_read_back_as_a_failure_of_the_same_kind() -> None:
    kept = {Reason.TIMEOUT, Reason.THROTTLED, Reason.TOO_MANY_ENTRIES, Reason.GROUP_TOO_LARGE, Reason.LOOP}
    assert {tables.REASONS[tables.CODES[reason]] for reason in kept} == kept


def test_no_peer_can_say_that_an_address_is_invalid() -> None:
    """Whoever asked for it would learn that it is unknown there; what is no address never gets to a peer."""
    assert Reason.INVALID_ADDRESS not in tables.REASONS.values()
