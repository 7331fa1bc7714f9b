"""Merges what several spokes changed in one item, field by field, and says whose version stays where they disagree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from calsync.contents import content
from calsync.event_fields import AT, FRAME, original_of, when_of
from calsync.items import Fields
from calsync.rules import Conflict, HubRules
from protocols.model.event import Days, Event, Original
from protocols.recurrence.occurrences import index

HUB: Final = ""
"""The winner where what all had agreed on stays."""
"""What says together when a series is: half of one version and half of another may be a series that nobody meant."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What one spoke changed, and counts: the new value of each field, None where it is empty now. ``at`` is when its
    server says so."""

    spoke: str
    values: Mapping[str, str | None]
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """One field of ``edit`` that did not stay, and the spoke whose version did (HUB: nobody's)."""

    name: str
    edit: Edit
    winner: str


@dataclass(slots=True, kw_only=True)
class Merged:
    """``fields`` is what all shall agree on; ``by`` the spoke whose change was taken that ranks first, if any was."""

    fields: dict[str, str]
    lost: list[Lost] = field(default_factory=list)
    by: Edit | None = None


def merged(base: Fields, edits: Iterable[Edit], rules: HubRules) -> Merged:
    """``base`` with all ``edits``. Where two changed one field in different ways, ``rules.conflicts`` decides; where
    they changed when the item is, one of them decides all of that."""
    ranked = _ranked([edit for edit in edits if edit.values], rules)
    found = Merged(fields=dict(base), by=ranked[0] if ranked else None)
    names = dict.fromkeys(name for edit in ranked for name in edit.values)
    disputed = [name for name in names if len({edit.values[name] for edit in ranked if name in edit.values}) > 1]
    frame = not FRAME.isdisjoint(disputed)
    for name in names:
        rivals = [edit for edit in ranked if name in edit.values]
        if frame and name in FRAME:
            rivals = [edit for edit in ranked if not FRAME.isdisjoint(edit.values)]
        disputes = name in disputed or (frame and name in FRAME)
        _settle(found, name, rivals, disputes=disputes, conflicts=rules.conflicts)
    _take_out(found, base, ranked)
    found.lost = [lost for lost in found.lost if lost.edit.values[lost.name] != found.fields.get(lost.name)]
    return found


def _settle(found: Merged, name: str, rivals: Sequence[Edit], *, disputes: bool, conflicts: Conflict) -> None:
    if disputes and conflicts is Conflict.HUB:
        found.lost += [Lost(name=name, edit=edit, winner=HUB) for edit in rivals if name in edit.values]
        return
    first, before = rivals[0], found.fields.get(name)
    value = first.values.get(name, before)
    _put(found.fields, name, value)
    losers = (edit for edit in rivals[1:] if name in edit.values and edit.values[name] != value)
    found.lost += [Lost(name=name, edit=edit, winner=first.spoke) for edit in losers]


def _put(fields: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        fields.pop(name, None)
    else:
        fields[name] = value


def _ranked(edits: list[Edit], rules: HubRules) -> list[Edit]:
    """The ones whose version stays first."""
    order = {spoke.name: place for place, spoke in enumerate(rules.spokes)}
    edits = sorted(edits, key=lambda edit: order.get(edit.spoke, len(order)))
    times = [edit.at for edit in edits]
    if rules.conflicts is Conflict.ORDER or None in times:
        return edits
    return sorted(edits, key=lambda edit: edit.at or _NEVER, reverse=True)


def _take_out(found: Merged, base: Fields, ranked: Sequence[Edit]) -> None:
    """Occurrences of which there is none any more, since another version of the series stayed."""
    changed = any(found.fields.get(name) != base.get(name) for name in FRAME)
    fitting = all(_right_kind(found.fields, name) for name in found.fields if name.startswith(AT))
    if fitting and not changed and not found.lost:
        return
    for name in [name for name in found.fields if name.startswith(AT)]:
        owner = next((edit for edit in ranked if name in edit.values), None)
        keeper = owner or next((edit for edit in ranked if changed and not FRAME.isdisjoint(edit.values)), None)
        fits = _right_kind(found.fields, name)
        if fits and keeper and not _own_frame(keeper, base, found.fields):
            fits = _comes(found.fields, original_of(name.removeprefix(AT)))
        if fits:
            continue
        del found.fields[name]
        if owner:
            found.lost.append(Lost(name=name, edit=owner, winner=found.by.spoke if found.by else HUB))


def _own_frame(edit: Edit, base: Fields, now: Fields) -> bool:
    """Whether the series comes as ``edit`` has it."""
    return all(edit.values.get(name, base.get(name)) == now.get(name) for name in FRAME)


def _right_kind(fields: Fields, name: str) -> bool:
    if "when" not in fields or ("rule" not in fields and "extra" not in fields):
        return False
    return isinstance(when_of(fields["when"]), Days) is ("T" not in name)


def _comes(fields: Fields, original: Original) -> bool:
    """Whether the series has such an occurrence."""
    series = content({name: text for name, text in fields.items() if name in FRAME})
    return isinstance(series, Event) and (original in series.extra or index(series, original) is not None)
