"""Series to count: rules as Hypothesis draws them, and beginnings beside which clocks change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from protocols.model.event import Days, Span, When
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


def span(year: int, month: int, day: int, hour: int = 9, minute: int = 0, *, zone: str = "Europe/Berlin") -> Span:
    """An hour that begins when the clocks of ``zone`` show this."""
    known = zone_named(zone)
    assert known is not None
    start = to_utc(datetime(year, month, day, hour, minute), known)  # noqa: DTZ001  # a wall has no zone
    return Span(start, start + timedelta(hours=1), zone)


def at(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


whens = st.one_of(
    st.builds(
        lambda day, minute, zone: span(day.year, day.month, day.day, minute // 60, minute % 60, zone=zone),
        st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        st.integers(0, 24 * 60 - 1),
        st.sampled_from(ZONES),
    ),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(lambda day: Days(day, day + timedelta(days=1))),
)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_some: dict[str, st.SearchStrategy[list[Any]]] = {
    "BYDAY": st.lists(st.sampled_from(_WEEKDAYS), min_size=1, max_size=7),
    "BYMONTHDAY": st.lists(st.sampled_from([1, 13, 28, 29, 31, -1, -2]), min_size=1, max_size=3),
    "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=12),
    "BYSETPOS": st.lists(st.sampled_from([1, 2, 4, -1]), min_size=1, max_size=2),
    "NTH": st.lists(st.builds("{}{}".format, st.sampled_from([1, 2, 4, -1]), st.sampled_from(_WEEKDAYS)), min_size=1),
}
_PARTS = {  # which go with which frequency
    "DAILY": ("BYDAY", "BYMONTHDAY", "BYMONTH"),
    "WEEKLY": ("BYDAY", "BYMONTH"),
    "MONTHLY": ("BYDAY", "BYMONTHDAY", "BYMONTH", "NTH", "BYSETPOS"),
    "YEARLY": ("BYDAY", "BYMONTHDAY", "BYMONTH", "NTH", "BYSETPOS"),
}


@st.composite
def texts(draw: st.DrawFn) -> str:
    """An RRULE as somebody may write it, within the specification."""
    frequency = draw(st.sampled_from(sorted(_PARTS)))
    names = draw(st.sets(st.sampled_from(_PARTS[frequency]), max_size=3))
    if "BYSETPOS" in names and not names & {"BYDAY", "BYMONTHDAY", "NTH"}:
        names = names | {"BYDAY"}  # RFC 5545: never alone
    if "NTH" in names:
        names = names - {"BYDAY"}
    said: dict[str, list[object]] = {("BYDAY" if name == "NTH" else name): draw(_some[name]) for name in sorted(names)}
    text = f"FREQ={frequency};INTERVAL={draw(st.integers(1, 3))}"
    text += "".join(f";{name}={','.join(map(str, values))}" for name, values in said.items())
    text += draw(st.sampled_from(["", ";WKST=SU", ";WKST=TH"]))
    return text + draw(st.sampled_from(["", ";COUNT=7"]))


def walls(when: When) -> datetime:
    """What the wall shows at the first."""
    if isinstance(when, Days):
        return datetime.combine(when.first, datetime.min.time())
    return when.start.astimezone(zone_named(when.zone)).replace(tzinfo=None)
