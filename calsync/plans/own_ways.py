"""Tells what a server makes of what it is told to write from what somebody changed right after it was written."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from calsync.event_fields import AT, packed
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


def other(asked: Fields, stands: Fields, names: Iterable[str]) -> set[str]:
    """Those of ``names`` in which ``stands`` says something else than ``asked``, where it is sure that somebody was
    there: any field, also one that was added or taken away. Only how a server spells it (letters and spaces of a line,
    spaces of a text, a zone) is still its way."""
    return {name for name in names if not _spelt(name, asked.get(name), stands.get(name))}


def _spelt(name: str, asked: str | None, stands: str | None) -> bool:
    """Whether both say the same."""
    if asked is None or stands is None or asked == stands:
        return asked == stands
    if name.startswith(AT):
        one, two = json.loads(asked), json.loads(stands)
        both = one and two and one.keys() == two.keys()
        return bool(both) and all(_spelt(part, _text(one[part]), _text(two[part])) for part in one)
    if name == _WHEN:
        return _same_times(asked, stands)
    if name in _SAME:
        asked, stands = asked.casefold(), stands.casefold()
    return name in _TEXTS and asked.split() == stands.split()


def _text(value: object) -> str:
    return value if isinstance(value, str) else packed(value)


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
_SAME: Final[Mapping[str, Callable[[str, str], bool]]] = {
    _WHEN: _same_times,
    **dict.fromkeys(("subject", "location", "display_name", "given_name", "surname", "company"), _same_line),
}
_TEXTS: Final = frozenset({*_SAME, "body", "notes"})
