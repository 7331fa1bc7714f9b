"""What an outbox is asked and what is right to answer, as our own front and DavMail tell it."""

from datetime import UTC, date, datetime

import pytest

from bench.outbox import BODIES, bodies, body, told, truth
from bench.questions import EVENTS, MAILBOXES, address
from protocols.caldav import scheduling

TODAY = date(2026, 11, 21)
QUARTERS = 4 * EVENTS


def test_every_body_is_another_and_our_own_front_reads_them() -> None:
    found = bodies(TODAY)
    assert len(set(found)) == len(found) == BODIES == 5_000
    for number in (0, 1, MAILBOXES, BODIES - 1):
        asked = scheduling.decode(found[number])
        assert [mailbox and mailbox.address for mailbox in asked.mailboxes] == [address(number % MAILBOXES)]


@pytest.mark.parametrize("number", range(5))
def test_the_truth_is_of_the_window_and_of_three_kinds(number: int) -> None:
    right = truth(body(number, TODAY), TODAY)
    assert len(right) == QUARTERS
    assert {kind for kind, _ in right} == {"BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE"}


def test_an_answer_is_read_folded_escaped_and_with_lengths() -> None:
    answer = (
        b"<x>BEGIN:VFREEBUSY&#13;\nFREEBUSY:20261122T080000Z/PT1H,20261122T\r\n 100000Z/20261122T101500Z&#13;\n"
        b"FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261123T000000Z/PT15M\nEND:VFREEBUSY</x>"
    )
    day = datetime(2026, 11, 22, tzinfo=UTC)
    assert told(answer) == {
        *(("BUSY", day.replace(hour=8, minute=minute)) for minute in (0, 15, 30, 45)),
        ("BUSY", day.replace(hour=10)),
        ("BUSY-TENTATIVE", day.replace(day=23)),
    }
    assert told(b"") == frozenset()
