"""A series out of the VEVENTs of one UID: its rule, its further dates, and the occurrences that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from protocols.caldav.item_looks import Looks
from protocols.caldav.item_times import original_of, originals_of, when_of
from protocols.caldav.lines import Properties
from protocols.caldav.times import Moment, moment, moments, period
from protocols.caldav.zones import Zones
from protocols.model.event import Days, Event, Occurrence, Original, Span, When
from protocols.model.window import TimeWindow
from protocols.recurrence.clock import instant_of
from protocols.recurrence.differing import difference, same, says, usual
from protocols.recurrence.occurrences import starts
from protocols.recurrence.rules import read as read_rule

_MOST_DATES = 10_000
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class View:
    """One VEVENT: its place among those of the resource, its properties, and how it looks."""

    place: int
    own: Properties
    looks: Looks


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
    further = _further(own, when, zones)
    if not repeats:
        return Series(plain)
    named = _named(standing, when, zones)
    without = {each for prop in own.all("EXDATE") for each in originals_of(prop, when, zones)}
    real = _real(replace(plain, extra=tuple(further)), {*without, *named, *further})
    strangers = {original for original in named if original not in real}
    ruled = _real(plain, set(further)) if further else set()
    extra = tuple(sorted(each for each in {*further, *strangers} if each not in ruled))
    found: dict[Original, Occurrence | None] = {}
    for original, other in further.items():
        if original in real and other != usual(when, original):
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


def _further(own: Properties, when: When, zones: Zones) -> dict[Original, When]:
    """The occurrences of RDATE, and when each is."""
    found: dict[Original, When] = {}
    for prop in own.all("RDATE"):
        zone = zones.named(prop.parameters.get("TZID"))
        for text in filter(str.strip, prop.value.split(",")):
            if "/" in text:
                start, end = period(text, zone, zones)
                original = original_of(start, when)
                found[original] = _within(when, original, end)
            else:
                at = next(moments(replace(prop, value=text), zones))
                original = original_of(at, when)
                found[original] = usual(when, original)
    found.pop(when.first if isinstance(when, Days) else when.start, None)
    return found


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


def _real(event: Event, wanted: set[Original]) -> set[Original]:
    """Those of ``wanted`` that are occurrences of ``event``; all of them where nobody can count that far."""
    if not wanted:
        return set()
    instants = sorted(map(instant_of, wanted))
    try:
        window = TimeWindow(instants[0] - _MARGIN, instants[-1] + _MARGIN)
        return wanted & set(starts(event, window))
    except (ValueError, OverflowError):
        return wanted


def _occurrence(view: View, series: Event, zones: Zones) -> Occurrence | None:
    """What a VEVENT says of one occurrence, as far as it is not as the series has it; None where it is cancelled."""
    looks = view.looks
    if looks.cancelled and not series.cancelled:
        return None
    return difference(series, looks.event(when_of(view.own, zones), None))
