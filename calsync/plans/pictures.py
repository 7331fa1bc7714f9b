"""Keeps late pictures of what the hub made, or has removed since, as published files are, from becoming new items."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from calsync.agreed import Agreed, Aside, Link
from calsync.items import Item
from calsync.plans.found import Found
from calsync.plans.situation import Situation

COPY: Final = "bears the UID of a copy of ours, but no stamp: it is a picture of one, and never copied"
PICTURE: Final = "is a picture of what was removed, in a calendar that cannot be written: nothing is made from it"
FREED: Final = "was the same as an item that is gone, or not given any more: the next run looks at it by itself"
_OURS: Final = "@busyline"
"""What the UIDs of all copies end with that are made where a UID may be chosen (calsync.spoke.Write.token)."""
_LATE: Final = timedelta(days=30)
"""Nobody publishes a file as late as that."""


def freed(situation: Situation, agreed: Agreed, link: Link, *, ended: bool) -> Aside:
    """What becomes of somebody's own whose item is gone: the next run looks at it as if it were new, unless it is, by
    its UID, a picture of what stood elsewhere and was removed (``ended``)."""
    others = {each.uid for each in agreed.links.values() if each.spoke != link.spoke and each.uid}
    held = ended and link.uid in others and not situation.writable(link.spoke)
    due = situation.now + _LATE if held else situation.now
    return Aside(spoke=link.spoke, key=link.key, version=link.version, why=PICTURE if held else FREED, due=due)


def picture(found: Found, asides: Mapping[tuple[str, str], Aside], spoke: str, item: Item) -> Aside | None:
    """Why a new item without a stamp is one; None where it is not."""
    before = asides.get((spoke, item.key))
    if before is not None and before.why == PICTURE and before.version == item.version:
        return before if before.due is not None and before.due > found.situation.now else None
    if item.uid.endswith(_OURS) and item.uid not in found.uids:
        return Aside(spoke=spoke, key=item.key, version=item.version, why=COPY)
    return None
