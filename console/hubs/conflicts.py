"""Tells of a conflict in words: both versions, which one stayed and by what rule, and how to have the other one."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from calsync.ledger.rows import ClashRow
from calsync.plans.cases import REMOVED
from calsync.rules import Conflict
from calsync.steps import GONE_FIRST, JOINED, Clash
from console.hubs.said import said
from service.plain_line import one_line

RULES: Final[Mapping[Conflict, str]] = {
    Conflict.NEWEST: "the later change stays; where a server does not tell the time, that of the spoke named first",
    Conflict.ORDER: "the change at the spoke that the settings name first stays",
    Conflict.HUB: "neither change stays, and what was there before comes back",
    Conflict.BOTH: "the later change stays, and the other version becomes an item of its own, beside it",
}
"""What each value of `conflicts` decides."""
_KNOWN: Final = {each.value: each for each in Conflict}
_WITHOUT: Final[Mapping[str, str]] = {
    JOINED: "two items that were there already became one, and what the hub knew first stays",
    GONE_FIRST: "it was removed where it comes from, and the settings do not let it be made again there",
}
"""What no rule decides."""
_EDITED: Final = "an edit beats a removal, whatever the settings say"


def clash_json(row: ClashRow, now: Conflict, origin: str, *, gone: bool = False) -> dict[str, Any]:
    """A conflict for programs. ``now`` is the rule of the settings as they are now, which is told where nobody kept the
    one that decided; ``origin`` is the spoke where the item
    comes from; of one that is ``gone`` there is no remedy. ``kept`` and ``lost`` are the values of the field as the hub
    keeps them."""
    clash = row.clash
    rule = _KNOWN.get(clash.rule, now)
    return {
        "run": row.run,
        "at": row.at.isoformat(),
        "field": clash.what,
        "winner": clash.winner,
        "loser": clash.loser,
        "kept": clash.kept,
        "lost": clash.lost,
        "decided_by": _decided(clash, rule),
        "remedy": "" if gone else _remedy(clash, rule, origin),
    }


def conflict_lines(told: Iterable[Mapping[str, Any]]) -> Iterator[tuple[bool, str]]:
    """What :func:`clash_json` says, for people; each line with whether it says that something happened (the others are
    what follows from it). Of those of one run the rule and the remedy are told once."""
    for _, some in groupby(told, key=lambda each: (each["run"], each["decided_by"], each["remedy"])):
        for each in some:
            yield True, f"{instant(each['at'])} run {each['run']}: {_happened(each)}"
            yield from ((False, line) for line in _versions(each))
        yield False, f"decided by: {each['decided_by']}"
        if each["remedy"]:
            yield False, f"to change that: {each['remedy']}"


def instant(text: str) -> str:
    """An aware instant of ISO 8601, in UTC, to the minute."""
    return f"{text[:16].replace('T', ' ')} UTC"


def _decided(clash: Clash, rule: Conflict) -> str:
    if clash.what == REMOVED:
        return _EDITED
    if clash.rule in _WITHOUT:
        return _WITHOUT[clash.rule]
    since = "" if clash.rule in _KNOWN else "the settings as they are now, "
    return f'{since}conflicts = "{rule.value}": {RULES[rule]}'


def _happened(told: Mapping[str, Any]) -> str:
    winner, loser = told["winner"], told["loser"]
    if told["field"] == REMOVED:
        return f"removed at {loser} and changed at {winner}: it stays"
    where = f"{winner} and {loser}" if winner else f"{loser} and elsewhere"
    return f"{one_line(told['field'])} was changed at {where}"


def _versions(told: Mapping[str, Any]) -> Iterator[str]:
    field = told["field"]
    if field == REMOVED:
        return
    whose = f"that of {told['winner']}" if told["winner"] else "what was there before"
    yield f"stayed, {whose}: {said(field, told['kept'])}"
    yield f"did not stay, that of {told['loser']}: {said(field, told['lost'])}"


def _remedy(clash: Clash, rule: Conflict, where: str) -> str:
    if clash.what == REMOVED:
        return f"remove it again, at {where}: the next run removes it everywhere"
    if rule is Conflict.BOTH and clash.rule not in _WITHOUT:
        return "keep of the two items the one that is right, and remove the other at the spoke where it stands"
    return f"write the other version into the item at {where}: the next run takes it everywhere"
