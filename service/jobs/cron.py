"""When a job is due: a line of cron in a zone, whose days of 23 and 25 hours have each run once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_NICKNAMES: Final = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
_REMEDY: Final = 'write minute, hour, day of the month, month and day of the week, such as "0 3 * * *" (daily at 3:00)'
_BEGINNING: Final = datetime(2024, 1, 1, tzinfo=UTC)
_MOMENT: Final = timedelta(seconds=1)
_YEAR: Final = timedelta(days=366)
_LOOKED_AT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Schedule:
    """``text`` as cron reads it, by the clocks of ``zone``. Use :meth:`parse`.

    A time that a change of the clocks skips is due right after it; one that comes twice is due the first time. Lines
    that begin with a star for the minute or the hour go by elapsed time instead, as those of Debian's cron do.
    """

    text: str
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))

    @classmethod
    def parse(cls, text: object, zone: ZoneInfo | None = None) -> Self:
        """Five fields, or @hourly, @daily, @weekly, @monthly. Raises ValueError with a remedy."""
        if isinstance(text, cls):
            return text
        if not isinstance(text, str):
            raise ValueError(f"not a schedule: {_REMEDY}")
        line = " ".join(_NICKNAMES.get(text.strip().lower(), text).split())
        if len(line.split(" ")) != 5:
            raise ValueError(f"a schedule has five fields: {_REMEDY}")
        made = cls(line, zone or ZoneInfo("UTC"))
        try:
            made.following(_BEGINNING)
        except CronSimError as error:
            raise ValueError(f'"{line}" is no schedule ({str(error).lower()}): {_REMEDY}') from None
        except StopIteration:
            raise ValueError(f'"{line}" is never due: {_REMEDY}') from None
        return made

    def following(self, instant: datetime) -> datetime:
        """The first time after ``instant``, in UTC."""
        return next(self._from(instant))

    def latest(self, instant: datetime) -> datetime:
        """The last time up to ``instant`` itself, in UTC."""
        return next(self._from(instant + _MOMENT, reverse=True))

    def longest_gap(self, instant: datetime) -> timedelta:
        """The longest time between two that follow each other after ``instant``, of those within a year (at most
        10,000, so that what is due every minute is not counted through)."""
        following = islice(self._from(instant), _LOOKED_AT)
        before, longest = next(following), timedelta()
        for each in following:
            longest = max(longest, each - before)
            before = each
            if each - instant > _YEAR:
                break
        return longest

    def _from(self, instant: datetime, **how: Any) -> Iterator[datetime]:
        instant = instant.replace(microsecond=0)
        return (each.astimezone(UTC) for each in CronSim(self.text, instant.astimezone(self.zone), **how))

    def __str__(self) -> str:
        return self.text


def zone(name: object) -> ZoneInfo:
    """The zone of an IANA name. Raises ValueError with a remedy."""
    if isinstance(name, ZoneInfo):
        return name
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('not a zone: write its IANA name, such as "Europe/Berlin" or "UTC"') from None


ScheduleLine = Annotated[
    Schedule,
    BeforeValidator(Schedule.parse),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["0 3 * * *"]}),
]
"""A field of the settings that holds a schedule, by UTC until its zone is known (dataclasses.replace)."""

ZoneName = Annotated[
    ZoneInfo,
    BeforeValidator(zone),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]}),
]
"""A field of the settings that holds a zone."""
