"""Follows what vanished and stands under another key by now: saved anew, or carried to another calendar."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from calsync.agreed import Agreed, Link
from calsync.items import Item
from calsync.plans.found import Found, repeat_alike
from calsync.plans.unmarked import joins

_Placed: TypeAlias = tuple[str, Item]


def followed(found: Found, own: Sequence[_Placed]) -> list[_Placed]:
    """``own`` (new, without a stamp, with their spokes) without those that take over a link which vanished in this run:
    by their UID alone, and only where one stands for one. So a program that saves by deleting and making anew changes
    an item, origin or copy, and removes nothing; and an original that somebody moves stays the origin."""
    here = Counter((spoke, item.uid) for spoke, item in own)
    anywhere = Counter(item.uid for _, item in own)
    rest: list[_Placed] = []
    for spoke, item in own:
        again = here[spoke, item.uid] == 1 and _saved_anew(found, spoke, item)
        if not again and not (anywhere[item.uid] == 1 and _moved(found, spoke, item)):
            rest.append((spoke, item))
    return rest


def carried_off(found: Found, marked: Mapping[str, Iterable[_Placed]]) -> None:
    """A copy of ours that vanished in the run in which one with its stamp (``marked``, by its id) turned up at another
    spoke was moved there, not removed: it is made again, and nothing else goes with it."""
    for made, copies in marked.items():
        agreed, spokes = found.items.get(made), {spoke for spoke, _ in copies}
        if agreed is None:
            continue
        moved = [
            link
            for link in agreed.links.values()
            if link.made and link.spoke not in spokes and found.situation.gone(link)
        ]
        if moved:
            links = {link.spoke: replace(link, version="") for link in moved}
            found.put(replace(agreed, links={**agreed.links, **links}), ())


def _saved_anew(found: Found, spoke: str, item: Item) -> bool:
    """Whether it takes over a link of the same spoke."""
    gone = [
        (agreed, link)
        for agreed in _known(found, item)
        if (link := agreed.links.get(spoke)) is not None and _vanished(found, link, item.uid)
    ]
    if len(gone) != 1:
        return False
    agreed, link = gone[0]
    found.put(replace(agreed, links={**agreed.links, spoke: replace(link, key=item.key)}), ())
    return True


def _moved(found: Found, spoke: str, item: Item) -> bool:
    """Whether it is an original that stood at another spoke until now; our copy goes where one stands here."""
    gone = [
        (agreed, link)
        for agreed in _known(found, item)
        if agreed.origin != spoke
        and (link := agreed.links.get(agreed.origin)) is not None
        and not link.made
        and _vanished(found, link, item.uid)
    ]
    if len(gone) != 1 or not joins(found, spoke, item, found.given(spoke, item)):
        return False
    agreed, link = gone[0]
    copy = agreed.links.get(spoke)
    if copy is not None and copy.version and not found.situation.gone(copy):
        now = found.situation.item(copy)
        edited = now is not None and now.version != copy.version  # what was changed there is taken first
        if not copy.made or copy.guarded or edited or not found.removable(spoke):
            return False
        found.remove(agreed.id, copy, now)
    here = replace(link, spoke=spoke, key=item.key, copies=copy.copies if copy else 0)
    links = {name: each for name, each in agreed.links.items() if name != agreed.origin}
    found.put(replace(agreed, origin=spoke, links={**links, spoke: here}), ())
    return True


def _known(found: Found, item: Item) -> list[Agreed]:
    """The items that it may be by its UID, as far as they go on."""
    ids = dict.fromkeys(found.uids.get(item.uid, ()) if item.uid else ())
    known = (found.items[made] for made in ids)
    return [agreed for agreed in known if not agreed.ended and repeat_alike(agreed, found.situation.fields(item))]


def _vanished(found: Found, link: Link, uid: str) -> bool:
    return link.uid == uid and found.situation.gone(link)
