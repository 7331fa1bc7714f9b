"""A small estate for the contract of the peers: whoever a test names, with the calendar that the test writes down."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.estate import Estate
from simulation.expansion import Occurrence, Series, occurrences
from simulation.people import Company, Kind, Person, Sharing

BERLIN = "Europe/Berlin"
FIRST = datetime(2026, 10, 19, tzinfo=UTC)  # a Monday; the clocks of Berlin go back on Sunday the 25th at 1:00 UTC
WINDOW = TimeWindow(FIRST, FIRST + timedelta(days=14))
HALF = FIRST + timedelta(days=7)
LOOKER = "looker@b.example"  # whom the systems are asked as
DOMAIN = "b.example"


def address(name: str) -> str:
    """The address of somebody here."""
    return f"{name}@{DOMAIN}"


def event(uid: str, day: int, hour: float, hours: float = 1, *, zone: str = "UTC", **more: object) -> Series:
    """One event, or with ``days`` a weekly one: ``day`` and ``hour`` are of October 2026 in ``zone``."""
    begin = datetime(2026, 10, day) + timedelta(hours=hour)  # noqa: DTZ001 - wall-clock time of the zone
    fields: dict[str, object] = {"subject": f"subject of {uid}", "location": f"place of {uid}", **more}
    return Series(
        uid=uid,
        zone=zone,
        first=begin.date(),
        start=begin.time(),
        length=timedelta(hours=hours),
        **fields,  # type: ignore[arg-type]
    )


def all_day(uid: str, day: int, days: int = 1, **more: object) -> Series:
    """Whole days of October 2026 in Berlin."""
    return Series(
        uid=uid,
        subject="subject",
        zone=BERLIN,
        first=date(2026, 10, day),
        start=time(0),
        length=timedelta(days=days),
        all_day=True,
        **more,  # type: ignore[arg-type]
    )


class World(Estate):
    """``calendars`` by local part; nobody else is here but the one whom the systems are asked as."""

    def __init__(self, system: str, calendars: Mapping[str, Sequence[Series]]) -> None:
        super().__init__(FIRST.date())
        company = Company(name="B", system=system, domain=DOMAIN, zone=BERLIN, room_domain=DOMAIN)
        self.calendars = {address(name): tuple(series) for name, series in calendars.items()} | {LOOKER: ()}
        self.mailboxes = {
            each: Person(address=each, name=each, company=company, zone=BERLIN, sharing=Sharing.DETAILS)
            for each in self.calendars
        }
        self.people = tuple(person for person in self.mailboxes.values() if person.kind is Kind.PERSON)

    def events(self, address: str, window: TimeWindow) -> list[Occurrence]:
        """Every event that shares time with ``window``, whole."""
        begin, end = window.start.date() - timedelta(days=40), window.end.date() + timedelta(days=40)
        found = [each for series in self.calendars[address.lower()] for each in occurrences(series, begin, end)]
        return sorted((one for one in found if one.window.overlaps(window)), key=lambda one: (one.window, one.uid))


def truth(series: Sequence[Series], shows: Mapping[BusyStatus, BusyStatus]) -> list[tuple[TimeWindow, BusyStatus]]:
    """What takes time of WINDOW, each status as the system shows it, joined where it is the same."""
    world = World("any", {"one": series})
    blocks = [(one.window, shows[one.series.status]) for one in world.events(address("one"), WINDOW)]
    return joined(blocks)


def joined(blocks: Sequence[tuple[TimeWindow, BusyStatus]]) -> list[tuple[TimeWindow, BusyStatus]]:
    """Blocks cut to WINDOW, those of one status joined where they touch; free ones left out."""
    found: list[tuple[TimeWindow, BusyStatus]] = []
    clipped = ((cut, status) for window, status in blocks if status and (cut := window.clip(WINDOW)))
    for part, status in sorted(clipped, key=lambda block: (block[1], block[0])):
        if found and found[-1][1] is status and part.start <= found[-1][0].end:
            last = found.pop()[0]
            found.append((TimeWindow(last.start, max(last.end, part.end)), status))
        else:
            found.append((part, status))
    return sorted(found)
