"""A series out of the VEVENTs of one UID: its rule, its further dates, and the occurrences that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from protocols.caldav.item_looks import Looks
from protocols.caldav.item_times import original_of, originals_of, when_of
from protocols.caldav.lines import Properties
from protocols.caldav.times import Moment, moment, period
from protocols.caldav.times import written as time_of
from protocols.caldav.zones import Zones
from protocols.model.event import Days, Event, Occurrence, Original, Response, Span, When
from protocols.model.window import TimeWindow
from protocols.recurrence.clock import instant_of
from protocols.recurrence.differing import difference, same, says, usual
from protocols.recurrence.occurrences import starts
from protocols.recurrence.rules import read as read_rule

_MOST_DATES = 10_000
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class View:
    """One VEVENT: its place among those of the resource, its properties, how it looks, and what its owner answered."""

    place: int
    own: Properties
    looks: Looks
    response: Response = Response.NONE


@dataclass(frozen=True, slots=True)
class Series:
    """An event with its exceptions, the VEVENTs these are told by, and those that are told shorter than they are."""

    event: Event
    overrides: Mapping[Original, int] = field(default_factory=dict)
    cut: frozenset[Original] = frozenset()


def sequence_of(own: Properties) -> int:
    """Which revision a VEVENT is; 0 where it does not say so, or in no number."""
    text = own.word("SEQUENCE")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def series_of(master: View, standing: Sequence[View], zones: Zones) -> Series:
    """The event that ``master`` tells, with all that stand for single occurrences of it. Raises ValueError."""
    own = master.own
    rule_texts = list(dict.fromkeys(each.value.strip() for each in own.all("RRULE")))
    if len(rule_texts) > 1 or any(own.all("EXRULE")):
        raise ValueError("it repeats by several rules")
    if sum(each.value.count(",") + 1 for name in ("RDATE", "EXDATE") for each in own.all(name)) > _MOST_DATES:
        raise ValueError("more dates than are looked at")
    repeats = bool(rule_texts) or any(own.all("RDATE"))
    when = when_of(own, zones, repeats=repeats)
    plain = master.looks.event(when, read_rule(rule_texts[0], when) if rule_texts else None)
    plain = replace(plain, response=master.response)
    further, longer = _further(own, when, zones)
    if not repeats:
        return Series(plain)
    named = _named(standing, when, zones)
    without = {each for prop in own.all("EXDATE") for each in originals_of(prop, when, zones)}
    real = further | _real(plain, {*without, *named} - further)
    strangers = {original for original in named if original not in real}
    ruled = _real(plain, further, doubtful=False)
    extra = tuple(sorted(each for each in {*further, *strangers} if each not in ruled))
    found: dict[Original, Occurrence | None] = {}
    for original, other in longer.items():
        if other != usual(when, original):
            found[original] = Occurrence(when=other)
    found |= {original: None for original in without if original in real}
    for original, view in named.items():
        found.pop(original, None)
        occurrence = _occurrence(view, plain, zones)
        if not same(plain, original, occurrence):
            found[original] = occurrence
    return Series(
        replace(plain, extra=extra, exceptions=found) if plain.rule or extra else plain,
        {original: view.place for original, view in named.items()},
        frozenset(original for original, view in named.items() if says(found.get(original), view.looks.cut)),
    )


def _further(own: Properties, when: When, zones: Zones) -> tuple[set[Original], dict[Original, When]]:
    """The occurrences of RDATE, and when those are that are told with their ends. Raises ValueError, and OverflowError
    where the last of them ends beyond all calendars."""
    found: set[Original] = set()
    longer: dict[Original, When] = {}
    for prop in own.all("RDATE"):
        zone = zones.named(prop.parameters.get("TZID"))
        for text in filter(str.strip, prop.value.split(",")):
            if "/" in text:
                start, end = period(text, zone, zones)
                original = original_of(start, when)
                longer[original] = _within(when, original, end)
            else:
                original = original_of(time_of(text, zone, zones), when)
                longer.pop(original, None)
            found.add(original)
    first = when.first if isinstance(when, Days) else when.start
    found.discard(first)
    longer.pop(first, None)
    if found:
        usual(when, max(found, key=instant_of))
    return found, longer


def _within(when: When, start: Original, end: Moment) -> When:
    last, plainly = end.earliest, usual(when, start)
    if isinstance(plainly, Span) and plainly.start <= last:
        return replace(plainly, end=last)
    return plainly


def _named(standing: Sequence[View], when: When, zones: Zones) -> dict[Original, View]:
    """The VEVENT that stands for each occurrence: of several the one of the highest SEQUENCE, of these the last."""
    found: dict[Original, View] = {}
    for view in standing:
        written = view.own.one("RECURRENCE-ID")
        if written is None:
            continue
        if written.parameters.get("RANGE", "").strip():
            raise ValueError("one change stands for all occurrences after it (RANGE)")
        original = original_of(moment(written, zones), when)
        if original not in found or sequence_of(view.own) >= sequence_of(found[original].own):
            found[original] = view
    return found


def _real(event: Event, wanted: set[Original], *, doubtful: bool = True) -> set[Original]:
    """Those of ``wanted`` that are occurrences of ``event``; where nobody can count that far, all of them, or none if
    what is ``doubtful`` is not meant."""
    if not wanted:
        return set()
    instants = sorted(map(instant_of, wanted))
    try:
        window = TimeWindow(instants[0] - _MARGIN, instants[-1] + _MARGIN)
        return wanted & set(starts(event, window))
    except (ValueError, OverflowError):
        return wanted if doubtful else set()


def _occurrence(view: View, series: Event, zones: Zones) -> Occurrence | None:
    """What a VEVENT says of one occurrence, as far as it is not as the series has it; None where it is cancelled."""
    looks = view.looks
    if looks.cancelled and not series.cancelled:
        return None
    return difference(series, replace(looks.event(when_of(view.own, zones), None), response=view.response))
