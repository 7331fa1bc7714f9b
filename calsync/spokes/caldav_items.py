"""What stands in a CalDAV calendar as items of a hub, and what of a content such a calendar can hold."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, tzinfo

from calsync.event_fields import field_of
from calsync.items import Content, Item, Unread
from protocols.caldav.item_reading import Found, read
from protocols.caldav.sync_reading import Stored
from protocols.model.event import BEYOND, Event, Sensitivity

_NO_CONTACTS = "a calendar holds no contacts"


def item_of(stored: Stored, *, zone: tzinfo | None, owners: Collection[str]) -> Item | Unread | None:
    """The item that a resource is; None where it is no event."""
    if stored.wrong:
        return Unread(stored.key, stored.wrong)
    try:
        found = read(stored.data, zone=zone, owners=owners)
    except ValueError as wrong:
        return Unread(stored.key, str(wrong))
    except OverflowError:
        return Unread(stored.key, BEYOND)
    if found is None:
        return None
    return told(found, key=stored.key, version=stored.version, changed_at=stored.changed_at)


def told(found: Found, *, key: str, version: str, changed_at: datetime | None) -> Item:
    """The item of what was read; ``changed_at`` is by the server's clock, where that tells."""
    return Item(
        key=key,
        version=version,
        content=found.event,
        uid=found.uid,
        mark=found.stamp,
        guarded=found.guarded,
        cut=found.cut | {field_of(original) for original in found.cut_at},
        frail=frozenset(map(field_of, found.frail)),
        changed_at=changed_at or found.changed_at,
        maker=found.maker or found.uid.rpartition("@")[2],
    )


def fit(content: Content) -> tuple[Content | None, str]:
    """Every appointment and series; what is personal is private there, since iCalendar has no word for it."""
    if not isinstance(content, Event):
        return None, _NO_CONTACTS
    exceptions = {
        original: replace(one, sensitivity=_held(one.sensitivity)) if one is not None and one.sensitivity else one
        for original, one in content.exceptions.items()
    }
    return replace(content, sensitivity=_held(content.sensitivity), exceptions=exceptions), ""


def _held(sensitivity: Sensitivity | None) -> Sensitivity:
    return Sensitivity.PRIVATE if sensitivity in (Sensitivity.PERSONAL, None) else sensitivity
