"""Rules: of whom a caller sees less, or more, than its own section says, and why. This page decides in words too.

How much is seen (``sees``): of the rules that fit, the most particular that writes it decides. An entry of ``about``
that is an address goes before one of a group file, a domain before ``*.domain`` (the nearest first), ``*`` comes last;
at one level a rule that names callers goes before one that does not, and "busy" before "details". Without callers a
rule only narrows what the caller's own section gives. A room is opened by its own address only, never by its domain.
What is hidden (``horizon``, ``hours``, ``redact``): whatever any rule that fits hides is hidden; they add up.
``busy_only`` goes before everything: nothing grants details of such a mailbox, to nobody.
Whom a rule fits: what shows more, the address asked, as it is written. What shows less or hides, every address that may
be the same mailbox: asked, rewritten, or rewritten to the same (see :mod:`routing.alike`).
So a rule without callers never shows more, wherever it stands; and the order of the rules in the file decides nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from protocols.model.freebusy import Detail, WorkingHours
from protocols.model.mailbox import Mailbox
from routing.alike import Alike
from routing.patterns import ANY, canonical_pattern, fitting
from routing.redaction import Redaction
from routing.table import RouteTable

NO_ROUTES: Final = RouteTable(())
LEVEL_KEYS: Final = frozenset({"sees", "busy_only"})
"""Of the keys of a rule, those that say how much is seen."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom a rule is about: a pattern (see :class:`Patterns`), and what stands in the rule for it, a file perhaps."""

    pattern: str
    written: str
    listed: bool = False  # it comes from a group file


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One rule, ``number`` counted from 1. ``horizon_back`` and ``horizon_ahead`` are whole days.

    ``own_hours``: the mailbox's own working hours; ``hours``: those written here. Without ``callers`` it is for all.
    """

    number: int
    about: tuple[About, ...]
    callers: frozenset[str] = frozenset()
    sees: Detail | None = None
    horizon_back: int | None = None
    horizon_ahead: int | None = None
    own_hours: bool = False
    hours: WorkingHours | None = None
    redact: tuple[str, ...] = ()
    busy_only: bool = False

    def is_for(self, caller: str) -> bool:
        """Whether it says anything to the caller of that name."""
        return not self.callers or caller in self.callers


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """What is hidden of a mailbox: time as Busy, subjects with their places.

    Time is shown from ``back`` whole UTC days before today to ``ahead`` days after it, both ends included, and within
    all of ``hours``, and within the mailbox's own working hours if ``own_hours``.
    """

    back: int | None = None
    ahead: int | None = None
    own_hours: bool = False
    hours: tuple[WorkingHours, ...] = ()
    redaction: Redaction | None = None

    @property
    def hides_time(self) -> bool:
        """Whether it hides more than subjects."""
        return self.back is not None or self.ahead is not None or self.own_hours or bool(self.hours)


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule had to do with a verdict: its number, the entry of ``about`` that fits, its key and the effect."""

    rule: int
    about: str
    key: str
    effect: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """How much is seen, what is hidden (None: nothing), and which rules say so."""

    detail: Detail
    mask: Mask | None
    said: tuple[Said, ...]


class _Match(NamedTuple):
    rule: Rule
    entry: About
    level: int  # how particular the entry is, 0 the most; see Patterns
    exact: bool  # the address asked fits it as it is written


class Rules:
    """Those of ``rules`` that say anything to ``caller``; the routes of ``table`` tell which addresses are one
    mailbox.

    Raises ValueError for what is no pattern.
    """

    __slots__ = ("_alike", "_entries", "_keys", "_ruling")

    def __init__(self, rules: Iterable[Rule], caller: str, table: RouteTable = NO_ROUTES) -> None:
        self._entries: dict[str, list[tuple[Rule, About]]] = {}
        for rule in rules:
            if rule.is_for(caller):
                for entry in rule.about:
                    self._entries.setdefault(canonical_pattern(entry.pattern), []).append((rule, entry))
        self._alike = Alike(table, self._entries)
        self._keys: dict[str, list[str]] = {}
        for pattern in self._entries:
            for key in self._alike.keys_of_rule(pattern) if "@" in pattern else ():
                self._keys.setdefault(key, []).append(pattern)
        self._ruling = lru_cache(maxsize=4096)(_ruling)  # most mailboxes fit the same few

    def ruling(self, mailbox: Mailbox, own: Detail, *, room: bool) -> Ruling | None:
        """What the rules make of a mailbox of which the caller's own section shows ``own``; None where none fits."""
        if not self._entries:
            return None
        matches = tuple(sorted(self._matches(mailbox), key=_particular))
        return self._ruling(matches, own, room) if matches else None

    def _matches(self, mailbox: Mailbox) -> Iterator[_Match]:
        exact = set(fitting(mailbox.address))
        levels = {pattern: 0 for key in self._alike.keys_of(mailbox) for pattern in self._keys.get(key, ())}
        for domain in self._alike.domains_of(mailbox):
            for level, pattern in enumerate(fitting(f"@{domain}")):
                levels[pattern] = min(level, levels.get(pattern, level))
        everybody = max(levels.values(), default=0) + 1  # whatever the depth of the domains
        for pattern, level in levels.items():
            for rule, entry in self._entries.get(pattern, ()):
                yield _Match(rule, entry, everybody if pattern == ANY else level, pattern in exact)


def _particular(match: _Match) -> tuple[int, bool, bool, bool, int, bool]:
    """Of one level: the entries written in rules before those of files, where it is an address."""
    rule, entry, level, exact = match
    listed = entry.listed and "@" in entry.pattern
    return level, listed, not rule.callers, rule.sees is not Detail.BUSY, rule.number, not exact


def _ruling(matches: tuple[_Match, ...], own: Detail, room: bool) -> Ruling:
    once: dict[int, _Match] = {}
    for match in matches:
        once.setdefault(match.rule.number, match)
    detail, said = _seen(matches, own, room)
    mask, hidden = _mask(list(once.values()))
    return Ruling(detail, mask, (*said, *hidden))


def _seen(matches: Sequence[_Match], own: Detail, room: bool) -> tuple[Detail, list[Said]]:
    for match in matches:
        if match.rule.busy_only:
            return Detail.BUSY, [_said(match, "busy_only", "nobody ever sees more than busy")]
    for match in matches:
        rule = match.rule
        if rule.sees is Detail.BUSY:
            return Detail.BUSY, [_said(match, "sees", "sees busy")]
        opens = match.exact and rule.callers and not (room and "@" not in match.entry.pattern)
        if rule.sees is Detail.DETAILS and opens:
            return Detail.DETAILS, [_said(match, "sees", "sees details")]
    return own, []


def _mask(matches: Sequence[_Match]) -> tuple[Mask | None, list[Said]]:
    said: list[Said] = []
    back = _nearest(matches, "horizon_back", "back", said)
    ahead = _nearest(matches, "horizon_ahead", "ahead", said)
    hours: dict[WorkingHours, None] = {}
    words: list[str] = []
    own = False
    for match in matches:
        rule = match.rule
        if rule.own_hours:
            own = True
            said.append(_said(match, "hours", "time outside the mailbox's own working hours is hidden"))
        if rule.hours is not None:
            hours[rule.hours] = None
            said.append(_said(match, "hours", f"time outside {hours_words(rule.hours)} is hidden"))
        if rule.redact:
            words += rule.redact
            said.append(_said(match, "redact", f"subjects that fit one of {len(rule.redact)} patterns are hidden"))
    if not said:
        return None, said
    redaction = Redaction(tuple(dict.fromkeys(words))) if words else None
    return Mask(back=back, ahead=ahead, own_hours=own, hours=tuple(hours), redaction=redaction), said


def _nearest(matches: Sequence[_Match], key: str, way: str, said: list[Said]) -> int | None:
    """The fewest days that any rule shows; the most particular is told of those that say the same."""
    bounds = [(days, place) for place, match in enumerate(matches) if (days := getattr(match.rule, key)) is not None]
    if not bounds:
        return None
    days, place = min(bounds)
    said.append(_said(matches[place], key, f"time more than {days} whole UTC days {way} is hidden"))
    return int(days)


def _said(match: _Match, key: str, effect: str) -> Said:
    return Said(match.rule.number, match.entry.written, key, effect)


def hours_words(hours: WorkingHours) -> str:
    """``Mon Tue 08:00-18:00 in Europe/Berlin``."""
    return f"{', '.join(_periods(hours))} in {hours.zone}"


def _periods(hours: WorkingHours) -> Iterator[str]:
    for period in hours.periods:
        days = " ".join(day.name[:3].capitalize() for day in sorted(period.days))
        times = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (period.start, period.end))
        yield f"{days} {'-'.join(times)}"
