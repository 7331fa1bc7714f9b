"""Whatever the instants and the failures: where the current side is in doubt, nobody who moves looks free."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import EMPTY
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.combining import combined
from routing.moves import Moves
from routing.stages import Plan
from routing.ways import Way
from tests.routing.moving import AT, DAY, move

ANN = Mailbox.parse("ann@fabrikam.example")
START = datetime.fromtimestamp(AT, UTC)
WINDOW = TimeWindow(START, START + timedelta(days=1))
FREE = Availability(mailbox=ANN, window=WINDOW, intervals=EMPTY, source="x", as_of=START)
OUTCOMES = st.none() | st.sampled_from(Reason)
DAYS = st.integers(-30, 60)


def _answer(reason: Reason | None, *, source: str = "x") -> Answer:
    return FREE if reason is None else Unavailable(mailbox=ANN, reason=reason, source=source)


@given(DAYS, st.none() | DAYS, OUTCOMES, OUTCOMES)
def test_doubt_of_the_current_side_is_doubt(
    day: int, back: int | None, first: Reason | None, second: Reason | None
) -> None:
    plan = Plan(rolled_back_at=None if back is None else AT + back * DAY)
    people = move("ann@fabrikam.example", batch="one", one=plan)
    way = Moves([people], lambda: datetime.fromtimestamp(AT + day * DAY, UTC)).way(ANN)
    assert way is not None
    if not isinstance(way, Way):
        return  # one side alone: its answer is the answer
    for source in ("x", ""):  # said by the calendar system, or of one that was not asked
        answer = combined(way, [_answer(first), _answer(second, source=source)], WINDOW)
        harmless = second in (None, Reason.NO_SUCH_MAILBOX) or (second is Reason.LOOP and not source)
        doubtful = isinstance(answer, Unavailable) or answer.unknown == (WINDOW,)
        assert doubtful == (first is not None or not harmless)
