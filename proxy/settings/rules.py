"""[[rules]]: of whom callers see less, or more, than their own section says."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PlainSerializer, Tag, model_validator
from pydantic import ValidationError as SettingsError
from pydantic_core import InitErrorDetails, PydanticCustomError

from protocols.model.freebusy import Detail, Weekday, WorkingHours, WorkingPeriod
from routing.patterns import canonical_pattern
from routing.redaction import Redaction
from service.durations import Days
from service.words import Section, Switch, some

GROUP_FILE = "file:"
_DAY_NAMES = {day.name.lower(): day for day in Weekday} | {day.name.lower()[:3]: day for day in Weekday}
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_FULL_DAY = 24 * 60
_WORKDAYS = tuple(day for day in Weekday if day < Weekday.SATURDAY)


def _minutes(value: object) -> int:
    """Minutes since midnight of ``08:30``, ``24:00``, or a time as TOML writes it."""
    if isinstance(value, time) and not value.second and not value.microsecond:
        return value.hour * 60 + value.minute
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else _FULL_DAY + 1
    if minutes > _FULL_DAY:
        raise ValueError('not a time of day: write hours and minutes, such as "08:30", up to "24:00"')
    return minutes


def _day(value: object) -> Weekday:
    if isinstance(value, Weekday):
        return value
    if not isinstance(value, str) or (day := _DAY_NAMES.get(value.strip().lower())) is None:
        raise ValueError('not a day of the week: write "mon", "tue", "wed", "thu", "fri", "sat" or "sun"')
    return day


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (OSError, ValueError, LookupError):
        raise ValueError(f'there is no zone "{text}": write a name such as "Europe/Berlin"') from None


def _about(text: str) -> str:
    if text.startswith(GROUP_FILE):
        if not text.removeprefix(GROUP_FILE).strip():
            raise ValueError('the path is missing: write for example "file:board.txt"')
        return text
    try:
        return canonical_pattern(text)
    except ValueError:
        raise ValueError(f'"{text}" matches nobody: write an address, a domain, "*.domain" or "file:…"') from None


def _redact(words: tuple[str, ...]) -> tuple[str, ...]:
    Redaction(words)
    return words


def _kind_of_hours(value: object) -> str:
    return "own" if isinstance(value, str) else "table"


def _own_or_table(value: object) -> object:
    if value is not None and value != "own" and not isinstance(value, dict | HoursTable):
        raise ValueError('write "own", or a table such as { zone = "Europe/Berlin", from = "08:00", to = "18:00" }')
    return value


TimeOfDay = Annotated[
    int,
    BeforeValidator(_minutes),
    PlainSerializer(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}", return_type=str),
]
Day = Annotated[
    Weekday, BeforeValidator(_day), PlainSerializer(lambda day: Weekday(day).name[:3].lower(), return_type=str)
]
About = Annotated[str, AfterValidator(_about)]


class HoursTable(Section):
    """Hours of the week in one zone; a ``to`` that is not after ``from`` is on the day after."""

    zone: Annotated[str, AfterValidator(_zone)] = Field(description="an IANA name", examples=["Europe/Berlin"])
    days: Annotated[tuple[Day, ...], AfterValidator(some)] = Field(
        _WORKDAYS, description="the days on which they begin", examples=[["mon", "tue", "wed", "thu", "fri"]]
    )
    start: TimeOfDay = Field(alias="from", description="when they begin", examples=["08:00"])
    end: TimeOfDay = Field(alias="to", description='when they end, "24:00" is midnight', examples=["18:00"])

    @model_validator(mode="after")
    def _not_nothing(self) -> Self:
        if self.start == self.end:
            raise ValueError('begin and end are the same: write "00:00" and "24:00" for whole days')
        return self

    def working_hours(self) -> WorkingHours:
        """The same in the words of the house; hours over midnight are two periods."""
        days = frozenset(self.days)
        if self.start < self.end:
            return WorkingHours(ZoneInfo(self.zone), (WorkingPeriod(days, self.start, self.end),))
        periods = [WorkingPeriod(days, self.start, _FULL_DAY)] if self.start < _FULL_DAY else []
        if self.end:
            following = frozenset(Weekday((day + 1) % 7) for day in days)
            periods.append(WorkingPeriod(following, 0, self.end))
        return WorkingHours(ZoneInfo(self.zone), tuple(periods))


_HOURS = Discriminator(_kind_of_hours)


class RuleSettings(Section):
    """[[rules]]: what callers see of some mailboxes; who may be asked about at all, may_ask says.

    The most particular rule that writes sees decides: an address, an address of a group file, a domain, *.domain, *.
    Everything else that rules hide adds up. Without callers a rule is for all of them and only ever shows less.
    """

    about: Annotated[tuple[About, ...], AfterValidator(some)] = Field(
        description='whom it is about: addresses, domains, "*.domain", "*" for all, or "file:…" with one such a line',
        examples=[["file:board.txt", "contoso.example"]],
    )
    callers: tuple[str, ...] = Field(
        (), description="for these callers only; needed where a rule shows more", examples=[["fabrikam-exchange"]]
    )
    sees: Detail | None = Field(
        None, description='"busy", or "details" for the callers named; rooms by address only', examples=["busy"]
    )
    horizon_back: Days | None = Field(
        None, description="time before so many days ago is Busy; whole UTC days", examples=["0d"]
    )
    horizon_ahead: Days | None = Field(
        None, description="time after so many days from today is Busy; whole UTC days", examples=["60d"]
    )
    hours: Annotated[
        Annotated[Annotated[HoursTable, Tag("table")] | Annotated[Literal["own"], Tag("own")], _HOURS] | None,
        BeforeValidator(_own_or_table),
    ] = Field(
        None,
        description='time outside is Busy: "own" for the mailbox\'s own working hours (all is Busy where the calendar '
        'system tells none), or { zone = "Europe/Berlin", days = ["mon", "fri"], from = "08:00", to = "18:00" }',
        examples=["own"],
    )
    redact: Annotated[tuple[str, ...], AfterValidator(_redact)] = Field(
        (),
        description="events with such subjects show neither subject nor place: a word anywhere in it, or with * all "
        "of it; upper or lower case",
        examples=[["merger", "interview *"]],
    )
    busy_only: Switch = Field(
        False, description="nobody ever sees details of these mailboxes, whatever another rule or a caller says"
    )

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.busy_only and self.sees is Detail.DETAILS:
            raise ValueError("busy_only and details contradict each other: keep one of the two")
        if self.busy_only and self.callers:
            raise ValueError('busy_only is for every caller: leave callers out, or write sees = "busy" for these')
        if self.sees is Detail.DETAILS and not self.callers:
            raise ValueError('it would show details to every caller: name those who may, callers = ["…"]')
        if not (self.model_fields_set - {"about", "callers"}):
            raise ValueError("it says nothing of them: write sees, horizon_ahead, hours, redact or busy_only")
        return self


def check_rules(rules: Sequence[RuleSettings], callers: Collection[str]) -> None:
    """Raises ValidationError where a rule names a caller that is not there, each at its own key."""
    problems = list(_unknown_callers(rules, callers))
    if problems:
        raise SettingsError.from_exception_data("configuration", problems)


def _unknown_callers(rules: Sequence[RuleSettings], callers: Collection[str]) -> Iterator[InitErrorDetails]:
    names = ", ".join(f'"{name}"' for name in sorted(callers))
    for number, rule in enumerate(rules):
        for place, name in enumerate(rule.callers):
            if name not in callers:
                remedy = f"write one of {names}" if names else "add it as [[callers]]"
                context: dict[str, Any] = {"text": f'there is no caller "{name}": {remedy}'}
                kind = PydanticCustomError("value_error", "{text}", context)
                yield InitErrorDetails(type=kind, loc=("rules", number, "callers", place), input=None)
