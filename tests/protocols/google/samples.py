"""Who is asked and when, for the tests of this room, and the windows that the properties draw."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from protocols.model.freebusy import Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

ANN, BOB = Mailbox.parse("Ann@northwind.example"), Mailbox.parse("bob@northwind.example")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
START = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = TimeWindow(START, START + timedelta(days=7))
BUSY, DETAILS = Question(window=WINDOW), Question(window=WINDOW, detail=Detail.DETAILS)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def windows() -> st.SearchStrategy[TimeWindow]:
    """Windows of whole seconds, from a day before the one asked about to a day after it."""
    low, high = int(START.timestamp()) - 86_400, int(WINDOW.end.timestamp()) + 86_400
    return st.builds(
        lambda start, length: TimeWindow.of_seconds(start, start + length),
        st.integers(low, high),
        st.integers(1, 90_000),
    )
