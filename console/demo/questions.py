"""The six questions of the demo: who asks about whom, on which day, and what the answer shows."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from console.demo import truth
from console.demo.merger import GOOGLE_DEADLINE, ROOMS, Merger
from console.drawing import midnight
from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.callers import ExchangeCaller, GoogleCaller, Seen
from simulation.estate import Estate
from simulation.faults import Trouble

BERLIN, NEW_YORK, SYDNEY = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Sydney")
_HORIZON = 34  # days: well inside what is fetched at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One question: ``nobody_knows`` are the addresses that must get no data, ``detail`` what the caller may see."""

    title: str
    shows: str
    ask: Callable[[], Awaitable[list[Seen]]]
    addresses: tuple[str, ...]
    window: TimeWindow
    zone: tzinfo
    detail: Detail = Detail.BUSY
    nobody_knows: frozenset[str] = frozenset()

    def wrong(self, estate: Estate, answers: list[Seen]) -> list[str]:
        """The addresses whose answer is not the truth of the estate."""
        if [answer.address for answer in answers] != list(self.addresses):
            return list(self.addresses)
        return [a.address for a in answers if truth.seen(a, self.window) != self._expected(estate, a.address)]

    def _expected(self, estate: Estate, address: str) -> set[truth.Fact] | None:
        if address in self.nobody_knows:
            return None
        return truth.expected(estate, address, self.window, self.detail)


def scenes(m: Merger) -> Iterable[Scene]:
    """The six, in order; each is asked before the next is made, since the last one breaks a server."""
    yield _google_seen_from_exchange(m)
    yield _two_systems_seen_from_google(m)
    yield _details(m)
    yield _rooms(m)
    yield _an_unknown_address(m)
    yield _a_server_that_hangs(m)


def _google_seen_from_exchange(m: Merger) -> Scene:
    people = ("jack.thompson", "clara.hoffmann", "emily.foster", "ananya.sen")
    return _outlook(
        m.fabrikam,
        [f"{person}@northwind.example" for person in people],
        _next(m.estate.today, 1),
        NEW_YORK,
        title="Outlook at Fabrikam (Exchange Server) asks about people of Northwind, who are on Google",
        shows="Google's own free/busy, in the zone of whoever looks. Google tells busy from free and no more.",
    )


def _two_systems_seen_from_google(m: Merger) -> Scene:
    people = ["anna.schneider@contoso.example", "priya.chatterjee@contoso.example", "grace.miller@contoso.example"]
    people += ["brian.sullivan@fabrikam.example", "amelia.fraser@fabrikam.example"]
    return _google(
        m.northwind,
        people,
        _next(m.estate.today, 2),
        title="Google Calendar at Northwind asks about Contoso (Microsoft 365) and Fabrikam (Exchange) at once",
        shows="One question, two calendar systems asked side by side, one answer in the order asked.",
    )


def _details(m: Merger) -> Scene:
    people = ["katarzyna.wojcik@fabrikam.example", "renate.schaefer@fabrikam.example"]
    return _outlook(
        m.contoso,
        people,
        _telling_day(m.estate, people),
        BERLIN,
        detail=Detail.DETAILS,
        days=2,
        title='Outlook at Contoso, which may see details (sees = "details"), asks about people of Fabrikam',
        shows="Tentative and out of office stay apart from busy; what is private shows its time and nothing else.",
    )


def _rooms(m: Merger) -> Scene:
    return _outlook(
        m.fabrikam,
        [f"c_aurora@{ROOMS}", "room.elbe@contoso.example"],
        _next(m.estate.today, 3),
        NEW_YORK,
        title="Outlook at Fabrikam looks for a room: one on Google, one on Microsoft 365",
        shows="Rooms answer like people; their subjects, the names of organisers, never leave their house.",
    )


def _an_unknown_address(m: Merger) -> Scene:
    people = ("leyla.yilmaz@contoso.example", "nobody@contoso.example", "daniel.oconnor@contoso.example")
    return _google(
        m.northwind,
        people,
        _next(m.estate.today, 1),
        nobody_knows=frozenset({"nobody@contoso.example"}),
        title="Google asks about two people and an address that nobody has",
        shows="The unknown one is no data, never free; the others are not disturbed by it.",
    )


def _a_server_that_hangs(m: Merger) -> Scene:
    m.exchange.faults.trouble = Trouble.HANG
    people = ("sophie.lefevre@contoso.example", "william.ross@fabrikam.example", "paul.becker@contoso.example")
    return _google(
        m.northwind,
        people,
        _next(m.estate.today, 2),
        nobody_knows=frozenset({"william.ross@fabrikam.example"}),
        title="Fabrikam's Exchange has stopped answering, and Google asks about all three",
        shows=f"After {GOOGLE_DEADLINE} the answer goes out with what is known; the other is no data, never free.",
    )


def _outlook(
    caller: ExchangeCaller,
    addresses: list[str],
    day: date,
    zone: ZoneInfo,
    *,
    title: str,
    shows: str,
    detail: Detail = Detail.BUSY,
    days: int = 1,
) -> Scene:
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001  Outlook's own times are naive
    return Scene(
        title=title,
        shows=shows,
        ask=lambda: caller.availability(addresses, start, start + timedelta(days=days)),
        addresses=tuple(addresses),
        window=_window(day, zone, days),
        zone=zone,
        detail=detail,
    )


def _google(
    caller: GoogleCaller,
    addresses: Iterable[str],
    day: date,
    *,
    title: str,
    shows: str,
    nobody_knows: frozenset[str] = frozenset(),
) -> Scene:
    asked, window = list(addresses), _window(day, SYDNEY)
    return Scene(
        title=title,
        shows=shows,
        ask=lambda: caller.availability(asked, window.start, window.end),
        addresses=tuple(asked),
        window=window,
        zone=SYDNEY,
        nobody_knows=nobody_knows,
    )


def _window(day: date, zone: tzinfo, days: int = 1) -> TimeWindow:
    return TimeWindow(midnight(day, zone), midnight(day + timedelta(days=days), zone))


def _next(today: date, weekday: int) -> date:
    """The first such day after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _telling_day(estate: Estate, addresses: list[str]) -> date:
    """The two days soon in which these people's time is taken in the most different ways."""

    def kinds(day: date) -> int:
        window = _window(day, BERLIN, 2)
        intervals = [i for a in addresses for i in estate.expected(a, window, Detail.DETAILS)]
        private = any(i.details is not None and i.details.private for i in intervals)
        return len({i.status for i in intervals} - {BusyStatus.WORKING_ELSEWHERE}) + private

    days = [estate.today + timedelta(days=n) for n in range(1, _HORIZON)]
    return max(days, key=kinds)


def now() -> datetime:
    """The time of a real run."""
    return datetime.now(UTC)
