"""Tells what stands under the key of a copy and is another item by now: it was written over the copy."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from calsync.agreed import Agreed, Aside, Link
from calsync.contents import digests
from calsync.items import Item
from calsync.plans.naming import named
from calsync.plans.situation import ALWAYS, Situation

REPLACES: Final = "stands where something else stood until now: it is taken in the next run"
_NOWHERE: Final = ""
"""The key of what stands nowhere: that of the copy is another item's now."""
_TELLING: Final = ("when", "subject", "display_name", "given_name", "surname")
"""The fields by which people know what it is."""


def replaced(situation: Situation, known: Iterable[Agreed]) -> tuple[Situation, list[Agreed], list[Aside]]:
    """``situation`` and ``known``, in which nothing stands of an item where another one stands under its key; and these
    other ones, which wait for the next run.

    It is another where it has another UID, and nothing of its times and its subject, or its names, is as it was. A copy
    is made again under another key, since nobody said that its item shall go; somebody's own counts as removed. At the
    origin it counts as a change: the id of an item follows from where it came from, and everything of the old one is
    written over everywhere. At CalDAV the key is a path that anybody may use again, and so it may be elsewhere.
    """
    seen = {spoke: dict(some) for spoke, some in situation.seen.items()}
    found, asides = list[Agreed](), list[Aside]()
    for agreed in known:
        links = dict(agreed.links)
        for spoke, link in agreed.links.items():
            item = situation.item(link)
            if item is None or spoke == agreed.origin or not _another(situation, link, item):
                continue
            seen[spoke].pop(item.key, None)
            seen[spoke][_NOWHERE] = None
            links[spoke] = replace(link, key=_NOWHERE, version="" if link.made else link.version, left="")
            told = named(item.content, situation.fields(item), situation.gives(spoke))
            aside = Aside(spoke=spoke, key=item.key, version=item.version, why=REPLACES, title=told, due=ALWAYS)
            asides.append(aside)
        found.append(replace(agreed, links=links) if links != agreed.links else agreed)
    return (replace(situation, seen=seen) if asides else situation), found, asides


def _another(situation: Situation, link: Link, item: Item) -> bool:
    if not (link.version and link.uid and item.uid) or link.uid == item.uid:
        return False
    stands = digests(situation.fields(item))
    telling = [name for name in _TELLING if name in stands or name in link.stood]
    return bool(telling) and all(stands.get(name) != link.stood.get(name) for name in telling)
