"""What every connector's asking end promises, tested against each over its simulated system.

Subclass :class:`PeerContract`, say what the system cannot tell in :data:`TELLS`, and how it is started and written.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import TypeAdapter

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Leaf
from proxy.layers.batch import Batch
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.peers import peer
from simulation.expansion import Series
from simulation.faults import Trouble
from simulation.server import SimulatedServer
from tests.contracts.world import BERLIN, FIRST, HALF, WINDOW, World, address, all_day, event, joined, truth

FREE, ELSEWHERE, TENTATIVE, BUSY, AWAY = BusyStatus
NOW: Final = datetime(2026, 10, 18, 12, tzinfo=UTC)
EACH_AS_IT_IS: Final = {status: status for status in BusyStatus}
OPAQUE_ALONE: Final = {FREE: FREE, ELSEWHERE: FREE, TENTATIVE: BUSY, BUSY: BUSY, AWAY: BUSY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """What one system can tell. ``shows``: what becomes of each status. ``nobody``: how it says that there is no such
    mailbox. ``forbids``: its code for a mailbox that may not be seen, and what that means. ``waits``: whether it tells
    how long to wait where there were too many questions."""

    shows: Mapping[BusyStatus, BusyStatus] = field(default_factory=lambda: EACH_AS_IT_IS)
    nobody: Reason = Reason.NO_SUCH_MAILBOX
    forbids: tuple[str, Reason]
    details: bool = True
    waits: bool = True


TELLS: Final = {
    "ews": Tells(forbids=("ErrorNoFreeBusyAccess", Reason.NO_ACCESS)),
    "graph": Tells(forbids=("ErrorAccessDenied", Reason.NO_ACCESS)),
    # freeBusy tells no statuses, nor the forbidden from the missing, and no time to wait with its 403; details come
    # from events.list
    "google freeBusy": Tells(shows=OPAQUE_ALONE, forbids=("notFound", Reason.NO_SUCH_MAILBOX), waits=False),
    "google events": Tells(forbids=("forbidden", Reason.NO_ACCESS), waits=False),
    # as freeBusy; the missing are told as forbidden
    "google-interop": Tells(
        shows=OPAQUE_ALONE,
        nobody=Reason.NO_ACCESS,
        forbids=("ErrorNoFreeBusyAccess", Reason.NO_ACCESS),
        details=False,
    ),
    "http": Tells(forbids=("no-access", Reason.NO_ACCESS)),
    "ical events": Tells(forbids=("403", Reason.NO_ACCESS)),
    "caldav events": Tells(forbids=("403", Reason.NO_ACCESS)),
    # VFREEBUSY has no word for working elsewhere, and no subjects
    **dict.fromkeys(
        ("ical free/busy", "caldav free/busy file", "caldav report"),
        Tells(shows={**EACH_AS_IT_IS, ELSEWHERE: FREE}, forbids=("403", Reason.NO_ACCESS), details=False),
    ),
    "caldav outbox": Tells(
        shows={**EACH_AS_IT_IS, ELSEWHERE: FREE}, forbids=("3.8;No authority", Reason.NO_ACCESS), details=False
    ),
}

SPOILT: Final = (
    *(Trouble.RESET, Trouble.CUT, Trouble.THROTTLED, Trouble.BROKEN, Trouble.TRUNCATED, Trouble.HTML, Trouble.GARBAGE),
    Trouble.DENIED,
)
CALENDARS: Final[dict[str, tuple[Series, ...]]] = {
    "empty": (),
    "one event": (event("one", 20, 9),),
    "over both edges": (event("begun", 18, 20, 8), event("ending", 31, 46, 72)),
    "touching both edges": (event("before", 18, 23), event("after", 31, 48)),
    "overlapping": (event("long", 20, 9, 4), event("short", 20, 10), event("same", 20, 10)),
    "adjoining": (event("first", 20, 9), event("second", 20, 10)),
    "tentative": (event("maybe", 20, 9, status=TENTATIVE),),
    "out of office": (event("away", 20, 9, status=AWAY),),
    "working elsewhere": (event("elsewhere", 20, 9, status=ELSEWHERE),),
    "transparent": (event("free", 20, 9, status=FREE), event("busy", 21, 9)),
    "all day": (all_day("day", 21), all_day("days", 27, 2)),
    "the day the clocks go back": (all_day("sunday", 25),),
    "the hour that comes twice": (event("night", 25, 0.5, 1), event("later", 25, 1.5, 0.25)),
    "weekly over the change": (event("weekly", 5, 9, zone=BERLIN, days=frozenset({0, 2, 6})),),
    "a series with exceptions": (
        event(
            "series",
            5,
            9,
            zone=BERLIN,
            days=frozenset({0, 1, 2, 3, 4}),
            last=date(2026, 10, 29),
            moved=((date(2026, 10, 21), datetime(2026, 10, 21, 15)),),  # noqa: DTZ001 - wall-clock time of the series
            cancelled=frozenset({date(2026, 10, 22), date(2026, 10, 28)}),
        ),
    ),
    "every other week": (event("fortnight", 8, 9, zone="America/New_York", days=frozenset({3}), every=2),),
}


@dataclass(frozen=True, slots=True)
class System:
    """A simulated system while it runs, and the settings that lead to it."""

    server: SimulatedServer
    settings: Mapping[str, Any]


class PeerContract:
    """Everybody asked is of b.example. ``name`` is the line of TELLS, ``kind`` the system as the estate calls it."""

    name: str
    kind: str

    def started(self, world: World, directory: Path, *, until: datetime | None) -> AbstractAsyncContextManager[System]:
        """The system with the calendars of ``world``; what it answers speaks of no time after ``until``."""
        raise NotImplementedError

    @property
    def tells(self) -> Tells:
        return TELLS[self.name]

    @asynccontextmanager
    async def running(
        self, directory: Path, calendars: Mapping[str, Sequence[Series]], *, until: datetime | None = None
    ) -> AsyncIterator["Running"]:
        async with AsyncExitStack() as stack:
            system = await stack.enter_async_context(self.started(World(self.kind, calendars), directory, until=until))
            adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
            asked = await peer(self.name, adapter.validate_python(system.settings), directory, stack)
            leaf = Leaf(self.name, asked.asks[0], lambda: NOW)
            yield Running(system.server, Batch(leaf, limits=asked.limits, name=self.name))

    async def test_one_answer_each_in_the_order_asked(self, tmp_path: Path) -> None:
        one, two = CALENDARS["one event"], CALENDARS["overlapping"]
        async with self.running(tmp_path, {"ann": one, "bob": two, "carl": ()}) as system:
            answers = await system.ask("carl", "ann", "nobody", "bob", "ann", "carl", "ann")
        assert [answer.mailbox.address for answer in answers if answer.mailbox] == [
            address(name) for name in ("carl", "ann", "nobody", "bob", "ann", "carl", "ann")
        ]
        ann, bob, carl = (truth(each, self.tells.shows) for each in (one, two, ()))
        told = [None if isinstance(answer, Unavailable) else taken(answer) for answer in answers]
        assert told == [carl, ann, None, bob, ann, carl, ann]

    @pytest.mark.parametrize("calendar", CALENDARS)
    async def test_every_calendar_is_told_as_it_is(self, tmp_path: Path, calendar: str) -> None:
        series = CALENDARS[calendar]
        async with self.running(tmp_path, {"ann": series}) as system:
            [answer] = await system.ask("ann")
        assert taken(answer) == truth(series, self.tells.shows)

    async def test_a_question_for_busy_brings_no_details(self, tmp_path: Path) -> None:
        async with self.running(tmp_path, {"ann": CALENDARS["one event"]}) as system:
            [answer] = await system.ask("ann")
        assert isinstance(answer, Availability)
        assert (answer.detail, answer.intervals.has_details) == (Detail.BUSY, False)

    async def test_details_come_where_they_are_told_and_never_of_what_is_private(self, tmp_path: Path) -> None:
        series = (event("open", 20, 9), event("hidden", 21, 9, private=True))
        async with self.running(tmp_path, {"ann": series}) as system:
            [answer] = await system.ask("ann", detail=Detail.DETAILS)
        assert isinstance(answer, Availability)
        assert taken(answer) == truth(series, self.tells.shows)
        subjects = {block.details.subject for block in answer.intervals if block.details}
        if self.tells.details:
            assert subjects == {"subject of open", None}
        else:
            assert subjects <= {None}

    async def test_nobody_is_free_who_is_not_there(self, tmp_path: Path) -> None:
        async with self.running(tmp_path, {"ann": ()}) as system:
            nobody, ann = await system.ask("nobody", "ann")
        assert reason(nobody) is self.tells.nobody
        assert taken(ann) == []

    async def test_a_mailbox_that_may_not_be_seen_spoils_no_other(self, tmp_path: Path) -> None:
        series = CALENDARS["one event"]
        code, meant = self.tells.forbids
        async with self.running(tmp_path, {"ann": series, "bob": series, "carl": series}) as system:
            system.server.faults.addresses = {address("bob"): code}
            ann, bob, carl = await system.ask("ann", "bob", "carl")
        assert reason(bob) is meant
        assert taken(ann) == taken(carl) == truth(series, self.tells.shows)

    async def test_who_asks_too_much_is_told_so(self, tmp_path: Path) -> None:
        async with self.running(tmp_path, {"ann": ()}) as system:
            system.server.faults.trouble, system.server.faults.retry_after = Trouble.THROTTLED, 7
            [answer] = await system.ask("ann")
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.THROTTLED
        assert answer.retry_after == (timedelta(seconds=7) if self.tells.waits else None)

    @pytest.mark.parametrize("trouble", SPOILT)
    async def test_nothing_spoilt_is_free(self, tmp_path: Path, trouble: Trouble) -> None:
        async with self.running(tmp_path, {"ann": CALENDARS["one event"], "bob": ()}) as system:
            system.server.faults.trouble = trouble
            answers = await system.ask("ann", "bob")
            assert system.server.questions
        assert [isinstance(answer, Unavailable) for answer in answers] == [True, True]
        assert "subject" not in repr([answer.detail for answer in answers if isinstance(answer, Unavailable)])

    @pytest.mark.parametrize("trouble", [Trouble.WRONG_COUNT, Trouble.WRONG_ORDER])
    async def test_no_answer_is_taken_for_another_s(self, tmp_path: Path, trouble: Trouble) -> None:
        """What names its mailbox is found wherever it stands; what does not, stands for nobody if one is missing."""
        series = CALENDARS["one event"]
        async with self.running(tmp_path, {"ann": series, "bob": series}) as system:
            system.server.faults.trouble = trouble
            answers = await system.ask("ann", "bob")
        expected = truth(series, self.tells.shows)
        assert all(isinstance(answer, Unavailable) or taken(answer) == expected for answer in answers)

    async def test_what_is_not_told_is_not_free(self, tmp_path: Path) -> None:
        series = CALENDARS["one event"]
        async with self.running(tmp_path, {"ann": series}, until=HALF) as system:
            [answer] = await system.ask("ann")
        if isinstance(answer, Availability):
            assert any(gap.covers(TimeWindow(HALF, WINDOW.end)) for gap in answer.unknown)
            assert taken(answer, doubt=True) == truth(series, self.tells.shows)
        else:
            assert answer.reason in (Reason.INCOMPLETE, Reason.GARBLED, Reason.TOO_MANY_ENTRIES)


@dataclass(frozen=True, slots=True)
class Running:
    """A system that runs, and the connector over it."""

    server: SimulatedServer
    connector: Batch

    async def ask(self, *names: str, detail: Detail = Detail.BUSY) -> list[Answer]:
        """What is answered about these people of b.example in WINDOW."""
        question = Question(window=WINDOW, detail=detail)
        return await self.connector.lookup([Mailbox.parse(address(name)) for name in names], question)


def taken(answer: Answer, *, doubt: bool = False) -> list[tuple[TimeWindow, BusyStatus]]:
    """What of WINDOW is taken; there must be no doubt about any of it, unless that is expected."""
    assert isinstance(answer, Availability), answer
    assert answer.window == WINDOW
    assert doubt or answer.unknown == ()
    return joined([(block.window, block.status) for block in answer.intervals])


def reason(answer: Answer) -> Reason | None:
    """Why nothing is known."""
    return answer.reason if isinstance(answer, Unavailable) else None


def subclasses(kind: type[PeerContract] = PeerContract) -> Iterator[type[PeerContract]]:
    """Every contract that is kept by somebody."""
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


__all__ = ["BERLIN", "FIRST", "PeerContract", "System", "subclasses"]
