"""A cached mailbox costs what it may, seen at a smaller scale in a fresh process."""

from datetime import UTC, datetime

from bench.memory import INTERVALS, Month, measure, resident
from protocols.model.freebusy import Availability, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY, TimeWindow

START = datetime(2026, 11, 21, tzinfo=UTC)
QUESTION = Question(window=TimeWindow(START, START + 30 * DAY))


async def test_a_mailbox_costs_at_most_two_kilobytes() -> None:
    assert 60 * 9 < await measure(mailboxes=4_000) < 2_200  # its edges and statuses alone are 540 bytes


async def test_every_mailbox_gets_a_month_of_its_own() -> None:
    month = Month(START, Detail.BUSY)
    first, second = await month.lookup([Mailbox.parse("a@b.example"), Mailbox.parse("c@b.example")], QUESTION)
    assert isinstance(first, Availability)
    assert isinstance(second, Availability)
    assert len(first.intervals) == len(second.intervals) == INTERVALS
    assert first.intervals != second.intervals
    assert month.asked == 2


async def test_details_are_objects_of_each_mailbox() -> None:
    month = Month(START, Detail.DETAILS)
    answers = await month.lookup([Mailbox.parse("a@b.example")] * 2, QUESTION)
    subjects = [next(each.intervals.details()) for each in answers if isinstance(each, Availability)]
    assert all(details and details.subject for details in subjects)


def test_the_resident_set_grows_with_what_is_held() -> None:
    before = resident()
    held = bytearray(b"x") * 50_000_000
    assert resident() - before > 40_000_000
    assert held
