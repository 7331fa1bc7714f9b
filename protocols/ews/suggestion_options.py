"""SuggestionsViewOptions and who is to come: the part of a request that asks for meeting times, read and written."""

from datetime import datetime, timedelta, tzinfo
from typing import Final, TypeVar

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.children import Parts, children, named, text_of
from protocols.ews.query import Guest, SuggestionsAsked
from protocols.ews.view_options import malformed, read_stretch, window_of
from protocols.model.suggesting import Quality, Role, Terms

WINDOW: Final = "DetailedSuggestionsWindow"
# [MS-OXWAVLS] 3.1.4.1.3.24: the fewest, the most, and what is meant where none is written
_RANGES: Final = {
    "GoodThreshold": (1, 49, 25),
    "MaximumResultsByDay": (0, 48, 10),
    "MaximumNonWorkHourResultsByDay": (0, 48, 0),
    "MeetingDurationInMinutes": (30, 1440, 60),
}
QUALITY_WORDS: Final = {quality: quality.name.capitalize() for quality in Quality}
_QUALITIES: Final = {word: quality for quality, word in QUALITY_WORDS.items()}
_ROLE_WORDS: Final = {role: role.value.capitalize() for role in Role}
_ROLES: Final = {word: role for role, word in _ROLE_WORDS.items()}
_TRUTHS: Final = {"": False, "false": False, "0": False, "true": True, "1": True}
_LONGEST_NUMBER: Final = 11  # xs:int
_LONGEST_TIME: Final = 40
_MINUTE: Final = timedelta(minutes=1)
T = TypeVar("T")


def read_suggestions(options: Parts, array: etree._Element | None, zone: tzinfo) -> SuggestionsAsked:
    """What is asked for; naive times are in ``zone``. Without an AttendeeType an attendee is required.

    CurrentMeetingTime must be a time, and GlobalObjectId may be anything: which of a mailbox's events is the meeting
    that moves, no answer of a peer tells, so that it stays in its own way. Raises RequestError: MISSING_ARGUMENT,
    MALFORMED, INVALID_WINDOW, WINDOW_TOO_LONG; SCHEMA for a number out of its range, whose code at Exchange is
    unconfirmed.
    """
    window = window_of(read_stretch(options, WINDOW), zone, WINDOW)
    threshold, most, outside, minutes = (_number(options, name) for name in _RANGES)
    least = _word(options.get("MinimumSuggestionQuality"), _QUALITIES, Quality.FAIR)
    _check_time(options.get("CurrentMeetingTime"))
    return SuggestionsAsked(
        window=window,
        terms=Terms(
            duration=minutes * _MINUTE,
            good_threshold=threshold,
            most=most,
            most_outside=outside,
            at_least=least,
        ),
        guests=tuple(map(_guest, named(array, "MailboxData"))) if array is not None else (),
    )


def write_suggestions(asked: SuggestionsAsked, window: str) -> str:
    """The element that asks so; ``window`` is the window as its children are written."""
    terms = asked.terms
    numbers = (terms.good_threshold, terms.most, terms.most_outside, terms.duration // _MINUTE)
    written = "".join(f"<t:{name}>{number}</t:{name}>" for name, number in zip(_RANGES, numbers, strict=True))
    return (
        f"<t:SuggestionsViewOptions>{written}"
        f"<t:MinimumSuggestionQuality>{QUALITY_WORDS[terms.at_least]}</t:MinimumSuggestionQuality>"
        f"<t:{WINDOW}>{window}</t:{WINDOW}></t:SuggestionsViewOptions>"
    )


def write_guest(guest: Guest) -> str:
    """The part of a MailboxData that says what the mailbox is to the meeting."""
    conflicts = "<t:ExcludeConflicts>true</t:ExcludeConflicts>" if guest.must_be_free else ""
    return f"<t:AttendeeType>{_ROLE_WORDS[guest.role]}</t:AttendeeType>{conflicts}"


def _guest(data: etree._Element) -> Guest:
    parts = children(data)
    role = _word(parts.get("AttendeeType"), _ROLES, Role.REQUIRED)
    return Guest(role, _word(parts.get("ExcludeConflicts"), _TRUTHS, default=False))


def _number(options: Parts, name: str) -> int:
    element = options.get(name)
    low, high, default = _RANGES[name]
    if element is None:
        return default
    text = text_of(element)
    try:
        number = int(text) if len(text) <= _LONGEST_NUMBER and text.isascii() and "_" not in text else None
    except ValueError:
        number = None
    if number is None:
        malformed(element, "xs:int")
    if not low <= number <= high:
        raise RequestError(Fault.SCHEMA, f"{name} is not between {low} and {high}")
    return number


def _word(element: etree._Element | None, words: dict[str, T], default: T) -> T:
    if element is None:
        return default
    found = words.get(text_of(element))
    if found is None:
        malformed(element, "enumeration value")
    return found


def _check_time(element: etree._Element | None) -> None:
    text = text_of(element)
    if element is None or not text:
        return
    try:
        if len(text) > _LONGEST_TIME:
            raise ValueError("a time longer than any")
        datetime.fromisoformat(text)
    except ValueError:
        malformed(element, "xs:dateTime")
