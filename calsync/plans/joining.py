"""Links an item of the hub with what stands at a spoke already: a copy of ours, or somebody's own of the same."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import digests
from calsync.contents import fields as fields_of
from calsync.event_fields import AT, FRAME
from calsync.items import Fields, Item
from calsync.plans.details import family, level, masked
from calsync.plans.getting import carried, ours, shared
from calsync.plans.giving import Given
from calsync.plans.own_ways import LINES
from calsync.plans.situation import Situation
from calsync.steps import JOINED, Clash

_LINES: Final = frozenset({*LINES, "web_page", "place"})
"""Fields by the first word of their names."""


def relinked(situation: Situation, agreed: Agreed, spoke: str, item: Item) -> tuple[Agreed, list[Clash]]:
    """``agreed`` with a copy of ours whose link was lost. What differs there is written anew, and told: it may be that
    somebody changed it."""
    gets, raw = situation.gets(spoke), fields_of(item.content)
    lost = agreed.links.get(spoke)
    stands = digests(raw)
    link = _link(spoke, item, stands, dict.fromkeys(stands, ANEW))
    link = replace(link, made=True, copies=(lost.copies if lost else 0) + 1)
    told: dict[str, str] = {}
    if spoke != agreed.origin:
        plain = (name for name in raw if not ours(name, agreed.fields, gets, situation.kind))
        told = {name: carried(name, raw[name], agreed.fields, gets) or "" for name in plain}
    clashes = _clashes(agreed, spoke, told)
    return replace(agreed, links={**agreed.links, spoke: link}), clashes


def joined(situation: Situation, agreed: Agreed, spoke: str, item: Item, told: Given) -> tuple[Agreed, list[Clash]]:
    """``agreed`` with somebody's own item of the same, of which its spoke gives what is ``told``. What one of both
    lacks, it gets from the other, as far as it may be written; where both say something else, the first one stays, and
    the other is told. What is not given takes no part in that."""
    gets, raw = situation.gets_own(spoke), fields_of(item.content)
    lost = agreed.links.get(spoke)
    link = replace(_link(spoke, item, digests(raw), {}), copies=lost.copies if lost else 0)
    links = {**agreed.links, spoke: link}
    theirs = shared(told.fields or {}, gets, situation.kind, own=True)
    theirs = {name: text for name, text in theirs.items() if name not in told.withheld}
    origin = agreed.links.get(agreed.origin)
    more: Mapping[str, str] = {}
    if situation.counts(agreed, spoke, guarded=origin.guarded if origin else ""):
        same = all(agreed.fields.get(name) == raw.get(name) for name in FRAME)
        more = {
            name: text
            for name, text in theirs.items()
            if name not in agreed.fields and name not in FRAME and (same or not name.startswith(AT))
            and not ours(name, agreed.fields, gets, situation.kind, own=True)
        }  # fmt: skip
    both = {name: text for name, text in theirs.items() if name in agreed.fields}
    return replace(agreed, links=links, fields={**agreed.fields, **more}), _clashes(agreed, spoke, both)


def equal(situation: Situation, agreed: Agreed, spoke: str, item: Item) -> bool:
    """Whether somebody's own says in all its fields just what was agreed on, so that neither is written over where both
    are taken for one; but for what servers write their own way, and what no copy bears either."""
    gets, kind = situation.gets(spoke), situation.kind
    raw = masked(situation.fields(item), level(agreed.fields), kind)
    one, other = (_alike(shared(each, gets, kind)) for each in (agreed.fields, raw))
    return one == other


def _alike(fields: Fields) -> dict[str, str]:
    """Without what servers write their own way: the zone, and the letters and spaces of a single line, those of a
    postal address among them."""
    lines = {name: " ".join(text.casefold().split()) for name, text in fields.items() if family(name) in _LINES}
    return {**fields, **lines, "when": ""}


def _link(spoke: str, item: Item, stands: Mapping[str, bytes], asked: Mapping[str, bytes]) -> Link:
    return Link(
        spoke=spoke,
        key=item.key,
        version=item.version,
        uid=item.uid,
        asked=asked,
        stood=stands,
        guarded=item.guarded,
    )


def _clashes(agreed: Agreed, spoke: str, theirs: Fields) -> list[Clash]:
    return [
        Clash(
            item=agreed.id,
            what=name,
            winner=agreed.origin,
            loser=spoke,
            kept=agreed.fields.get(name, ""),
            lost=text,
            rule=JOINED,
        )
        for name, text in theirs.items()
        if agreed.fields.get(name) != text
    ]
