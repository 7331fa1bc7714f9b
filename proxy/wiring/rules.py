"""Makes the rules of the settings into those that decide, their group files read."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from proxy.group_files import members
from proxy.list_files import ListFileError
from proxy.settings.rules import GROUP_FILE, HoursTable, RuleSettings
from routing.rules import About, Rule


def rules_of(settings: Sequence[RuleSettings], directory: Path) -> tuple[Rule, ...]:
    """Every rule, counted from 1; paths are relative to ``directory``. Raises ListFileError for all files at once."""
    rules, wrong = [], []
    for number, one in enumerate(settings, 1):
        try:
            rules.append(_rule(number, one, directory))
        except ListFileError as error:
            wrong.append(str(error))
    if wrong:
        raise ListFileError("\n".join(dict.fromkeys(wrong)))
    return tuple(rules)


def _rule(number: int, settings: RuleSettings, directory: Path) -> Rule:
    hours = settings.hours
    return Rule(
        number=number,
        about=tuple(entry for written in settings.about for entry in _entries(written, directory)),
        callers=frozenset(settings.callers),
        sees=settings.sees,
        horizon_back=settings.horizon_back.days if settings.horizon_back is not None else None,
        horizon_ahead=settings.horizon_ahead.days if settings.horizon_ahead is not None else None,
        own_hours=hours == "own",
        hours=hours.working_hours() if isinstance(hours, HoursTable) else None,
        redact=settings.redact,
        busy_only=settings.busy_only,
    )


def _entries(written: str, directory: Path) -> Iterator[About]:
    if not written.startswith(GROUP_FILE):
        yield About(written, written)
        return
    for pattern in members(directory / written.removeprefix(GROUP_FILE).strip()):
        yield About(pattern, written, listed=True)
