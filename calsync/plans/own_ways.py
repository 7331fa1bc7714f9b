"""Tells what a server makes of what it is told to write from what somebody changed right after it was written."""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final, TypeAlias

from calsync.event_fields import AT, FRAME, event, packed
from calsync.items import Fields
from calsync.plans.details import family
from protocols.model.event import Days
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from protocols.recurrence.clock import instant_of
from protocols.recurrence.occurrences import starts

_MINUTE: Final = timedelta(minutes=1)
_NO_YEAR: Final = 1604
_YEARS: Final = timedelta(days=10 * 366)
_MOST: Final = 400
"""So many occurrences tell one series from another; what comes later some servers cut off."""
_DIGITS: Final = 6
"""So many at its end tell one telephone number from another, whatever code stands before them."""
_SHORT, _LONG = 60, 1000
"""No server cuts a line, or a text, to less."""
_TAG: Final = re.compile(r"<[^<>]*>")
_ENDS: Final = ("start", "end")
_Differs: TypeAlias = Callable[[str, str], bool]


def somebodys(asked: Fields, stands: Fields, names: Iterable[str]) -> set[str]:
    """Those of ``names`` in which ``stands`` is not what a server makes of ``asked``.

    Names, subjects, places and times alone: servers cut them, fold their spaces and letters, and know other zones, but
    none makes others of them. Whatever they do to all else (texts, reminders, categories, what repeats) is their way,
    as is a field that they leave out or fill in by themselves.
    """
    return {name for name in names if name in _SAME and name in asked and name in stands
            and not _SAME[name](asked[name], stands[name])}  # fmt: skip


def other(asked: Fields, stands: Fields, names: Iterable[str]) -> set[str]:
    """Those of ``names`` in which ``stands`` says what no server makes of ``asked``; somebody may have been there.

    That another version stands there is no proof: some servers make one of their own accord. So it has to be something
    else that is said, or something more. What is left out, a reminder, and the same in other words (letters and spaces
    of a line, markup of a text, the country code of a telephone, a rule of the same occurrences) is a server's way: at
    worst such a change stays where somebody made it, and no original loses anything by it.
    """
    some = set(names)
    found = {name for name in some if _theirs(name, asked.get(name), stands.get(name), asked)
             and not _moved(name, asked, stands)}  # fmt: skip
    return found if FRAME.isdisjoint(found) else found | {name for name in some if name.startswith(AT)}


def _theirs(name: str, asked: str | None, stands: str | None, fields: Fields) -> bool:
    kind = family(name)
    if kind == "shows":
        return _other_status(asked, stands)
    if stands is None or asked == stands:
        return False
    if kind in ("rule", "extra"):
        return _other_series(fields, {**fields, name: stands})
    if asked is None:
        return kind in _NEVER_FILLED_IN
    differs = _DIFFERS.get(kind)
    return differs is not None and differs(asked, stands)


def _moved(name: str, asked: Fields, stands: Fields) -> bool:
    """Whether it is a telephone number that was asked for in another place."""
    if family(name) != _PHONE or name not in stands:
        return False
    return any(family(each) == _PHONE and not _other_number(text, stands[name]) for each, text in asked.items())


def _other_line(asked: str, stands: str) -> bool:
    one, two = (" ".join(text.casefold().split()) for text in (asked, stands))
    return one != two and not (len(two) >= _SHORT and one.startswith(two))


def _other_text(asked: str, stands: str) -> bool:
    one, two = (" ".join(html.unescape(_TAG.sub(" ", text)).split()) for text in (asked, stands))
    return one != two and not (len(two) >= _LONG and one.startswith(two))


def _other_page(asked: str, stands: str) -> bool:
    one, two = (text.casefold().split("://")[-1].rstrip("/") for text in (asked, stands))
    return one != two


def _other_times(asked: str, stands: str) -> bool:
    return not _same_times(asked, stands)


def _other_status(asked: str | None, stands: str | None) -> bool:
    """All servers know busy and free; whatever else some have they make busy."""
    one, two = (text or BusyStatus.BUSY.name for text in (asked, stands))
    known = {BusyStatus.BUSY.name, BusyStatus.FREE.name}
    return one != two and (one in known or two == BusyStatus.FREE.name)


def _other_series(asked: Fields, stands: Fields) -> bool:
    """By the occurrences, of the same first one; what nobody can count is a way to spell it."""
    frames = ({name: each[name] for name in ("when", "rule", "extra") if name in each} for each in (asked, stands))
    try:
        one, two = map(event, frames)
        first = instant_of(one.when.first if isinstance(one.when, Days) else one.when.start)
        window = TimeWindow(first, first + _YEARS)
        return list(islice(starts(one, window), _MOST)) != list(islice(starts(two, window), _MOST))
    except (ValueError, KeyError, OverflowError):
        return False


def _other_number(asked: str, stands: str) -> bool:
    one, two = ("".join(filter(str.isalnum, text)) for text in (asked, stands))
    return one[-_DIGITS:] != two[-_DIGITS:]


def _more(asked: str, stands: str) -> bool:
    """Whether a list names what was not asked for."""
    one, two = ({each.casefold() for each in json.loads(text)} for text in (asked, stands))
    return not two <= one


def _other_parts(asked: str, stands: str) -> bool:
    """Part by part of an occurrence (None where it is cancelled), or of a postal address."""
    one, two = json.loads(asked), json.loads(stands)
    if one is None or two is None:
        return True
    added = any(name in _NEVER_FILLED_IN or name == "shows" for name in two.keys() - one.keys())
    return added or any(_theirs(name, _text(one[name]), _text(two[name]), {}) for name in one.keys() & two.keys())


def _text(value: object) -> str:
    return value if isinstance(value, str) else packed(value)


def _other_day(asked: str, stands: str) -> bool:
    """But for the year, which not all need."""
    one, two = (date.fromisoformat(text) for text in (asked, stands))
    if _NO_YEAR in (one.year, two.year):
        one, two = (each.replace(year=_NO_YEAR) for each in (one, two))
    return one != two


def _same_line(asked: str, stands: str) -> bool:
    one, other = ("".join(filter(str.isalnum, text.casefold())) for text in (asked, stands))
    return one.startswith(other) or other.startswith(one)


def _same_times(asked: str, stands: str) -> bool:
    """Up to a minute, below which some servers keep nothing."""
    one, other = json.loads(asked), json.loads(stands)
    if _ENDS[0] not in one or _ENDS[0] not in other:
        return bool(one == other)
    ends = ((datetime.fromisoformat(each[name]) for each in (one, other)) for name in _ENDS)
    return all(abs(first - second) < _MINUTE for first, second in ends)


_WHEN: Final = "when"
_PHONE: Final = "phone"
_SAME: Final[Mapping[str, Callable[[str, str], bool]]] = {
    _WHEN: _same_times,
    **dict.fromkeys(("subject", "location", "display_name", "given_name", "surname", "company"), _same_line),
}
LINES: Final = (
    "subject",
    "location",
    "display_name",
    "given_name",
    "middle_name",
    "surname",
    "nickname",
    "prefix",
    "suffix",
    "company",
    "department",
    "title",
    "office",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
)
"""The texts of a single line, of events, contacts and postal addresses, but for a web page."""
_DIFFERS: Final[Mapping[str, _Differs]] = {
    **dict.fromkeys(LINES, _other_line),
    **dict.fromkeys(("body", "notes"), _other_text),
    **dict.fromkeys(("emails", "categories"), _more),
    **dict.fromkeys(("at", "place"), _other_parts),
    _WHEN: _other_times,
    _PHONE: _other_number,
    "web_page": _other_page,
    "birthday": _other_day,
}
"""By the first word of a field's name what tells that two of its texts say something else. What is not here (a
reminder, how private it is) tells nothing."""
_NEVER_FILLED_IN: Final = (_DIFFERS.keys() | {"sensitivity", "private"}) - {"display_name", "country", _WHEN}
"""What no server adds by itself."""
