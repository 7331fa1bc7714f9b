"""Tells what a server makes of what it is told to write from what somebody changed right after it was written."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from calsync.items import Fields

_MINUTE: Final = timedelta(minutes=1)
_ENDS: Final = ("start", "end")


def somebodys(asked: Fields, stands: Fields, names: Iterable[str]) -> set[str]:
    """Those of ``names`` in which ``stands`` is not what a server makes of ``asked``.

    Names, subjects, places and times alone: servers cut them, fold their spaces and letters, and know other zones, but
    none makes others of them. Whatever they do to all else (texts, reminders, categories, what repeats) is their way,
    as is a field that they leave out or fill in by themselves.
    """
    return {name for name in names if name in _SAME and name in asked and name in stands
            and not _SAME[name](asked[name], stands[name])}  # fmt: skip


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


_SAME: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "when": _same_times,
    **dict.fromkeys(("subject", "location", "display_name", "given_name", "surname", "company"), _same_line),
}
