"""Several calendars of one person: whatever each says or fails at, the joined answer is never freer than the truth."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Availability, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.merging import merged
from proxy.federation import Federation
from routing.table import Combine, Route, RouteTable
from routing.ways import Leg, Way, Ways
from tests.contracts.scripted import HOUR, Scripted, window
from tests.contracts.virtual import run

DAY = window(0, 24)
ANN = Mailbox.parse("ann@both.example")
NAMES = ("a", "b", "c")
TABLE = RouteTable([Route(match=f"{name}.example", via=(name,)) for name in NAMES])


@dataclass(frozen=True)
class Side:
    """One calendar: busy in these hours, or why it is not known; it may come too late, or not be asked at all."""

    busy: tuple[tuple[int, BusyStatus], ...] = ()
    reason: Reason | None = None
    late: bool = False
    never: bool = False

    @property
    def intervals(self) -> Intervals:
        return Intervals.pack(BusyInterval(window(hour, 1), status) for hour, status in self.busy)

    @property
    def stranger(self) -> bool:
        return self.reason is Reason.NO_SUCH_MAILBOX and not self.late and not self.never


statuses = st.sampled_from([status for status in BusyStatus if status is not BusyStatus.FREE])
known = st.builds(Side, busy=st.lists(st.tuples(st.integers(0, 23), statuses), max_size=4).map(tuple))
failing = st.builds(
    Side, reason=st.sampled_from([Reason.NO_SUCH_MAILBOX, Reason.LOOP, Reason.TIMEOUT]) | st.sampled_from(Reason)
)
sides = st.one_of(known, known, known, failing, st.just(Side(late=True)), st.just(Side(never=True)))


class _Everybody:
    def __init__(self, way: Way) -> None:
        self._way = way

    def way(self, mailbox: Mailbox) -> Leg | Way | None:
        return self._way


def _answer(each: tuple[Side, ...], combine: Combine) -> Availability | Unavailable:
    way = Way(tuple(Leg(name, Mailbox.parse(f"ann@{name}.example")) for name in NAMES[: len(each)]), combine)
    peers = {
        name: Scripted(
            {f"ann@{name}.example": list(side.intervals)},
            {f"ann@{name}.example": Unavailable(mailbox=None, reason=side.reason)} if side.reason else {},
            takes=60 if side.late else 0,
        )
        for name, side in zip(NAMES, each, strict=False)
    }

    async def asked() -> Availability | Unavailable:
        federation = Federation(
            ways=Ways(TABLE, follower=_Everybody(way)),
            connectors={**dict.fromkeys(NAMES, Scripted()), **peers},
            deadline=timedelta(seconds=8),
            never_via=[name for name, side in zip(NAMES, each, strict=False) if side.never],
        )
        [answer] = await federation.lookup([ANN], Question(window=DAY))
        await federation.close()
        return answer

    return run(asked())


def _counting(each: tuple[Side, ...], combine: Combine) -> list[Side]:
    """The calendars that make up the truth: what the words of the issue say, told anew."""
    if combine is Combine.UNION:
        return list(each)
    if combine is Combine.MOVE:
        return [each[0], *(side for side in each[1:] if not (side.stranger or side.never))]
    if combine is Combine.FIRST:
        return [next((side for side in each if not side.stranger), each[0])]
    return [side for side in each if not side.stranger] or list(each)


@given(st.one_of(st.tuples(sides, sides), st.tuples(sides, sides, sides)), st.sampled_from(Combine))
def test_a_joined_answer_is_the_whole_truth_or_says_that_it_is_not(each: tuple[Side, ...], combine: Combine) -> None:
    if combine is Combine.MOVE:
        each = each[:2]
    answer = _answer(each, combine)
    counting = _counting(each, combine)
    doubtful = any(side.reason or side.late or side.never for side in counting)
    if isinstance(answer, Unavailable):
        assert doubtful
        return
    truth = merged(counting[0].intervals, DAY, HOUR)
    for side in counting[1:]:
        truth = bytearray(map(max, truth, merged(side.intervals, DAY, HOUR)))
    shown = merged(answer.intervals, DAY, HOUR)
    assert all(seen >= true for seen, true in zip(shown, truth, strict=True))
    assert answer.unknown == ((DAY,) if doubtful else ())
    if not doubtful:
        assert shown == truth
    assert [part.source for part in answer.parts] == list(NAMES[: len(answer.parts)])
