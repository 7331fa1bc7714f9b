"""[free_busy_urls]: people whose busy time is published at a URL, for whoever was given it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic import ValidationError as SettingsError
from pydantic_core import InitErrorDetails, PydanticCustomError

from service.durations import Days
from service.words import FilePath, Number, Section

CALLER: Final = "free-busy-url"
"""What rules, ledger, log and metrics call whoever has such a URL; no caller of the settings may have this name."""
_MOST: Final = timedelta(days=366)


def _bounded(length: timedelta) -> timedelta:
    if length > _MOST:
        raise ValueError('too long: write "366d" at most')
    return length


def _ahead(length: timedelta) -> timedelta:
    if not length:
        raise ValueError('nothing would be shown: write at least "1d"')
    return _bounded(length)


class FreeBusyUrlsSettings(Section):
    """[free_busy_urls]: `busyline publish` makes a URL for a person; whoever has it sees that person's busy time."""

    file: FilePath = Field(
        Path("free-busy-urls.txt"), description="the file with the digests of all URLs, which `publish` writes"
    )
    window_back: Annotated[Days, AfterValidator(_bounded)] = Field(
        timedelta(days=7), description="how many days before today (UTC) a URL shows"
    )
    window_ahead: Annotated[Days, AfterValidator(_ahead)] = Field(
        timedelta(days=60), description="how many days from today on"
    )
    rate: Number = Field(
        1, ge=0.01, allow_inf_nan=False, description="requests a second of one URL; four times as many at once"
    )


def check_names(published: FreeBusyUrlsSettings | None, callers: Sequence[str]) -> list[str]:
    """The names that rules may write: the callers', and that of those who have a URL where there are URLs.

    Raises ValidationError where a caller has that name: nobody could tell the two apart.
    """
    if published is None:
        return [*callers]
    text = f'"{CALLER}" is what those are called who have a free/busy URL: write another name'
    kind = PydanticCustomError("value_error", "{text}", {"text": text})
    problems = [
        InitErrorDetails(type=kind, loc=("callers", number, "name"), input=None)
        for number, name in enumerate(callers)
        if name == CALLER
    ]
    if problems:
        raise SettingsError.from_exception_data("configuration", problems)
    return [*callers, CALLER]
