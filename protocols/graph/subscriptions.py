"""Asks Graph to tell of changes by calling a URL, and reads what it says there (Graph, change notifications)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.errors import json_object
from protocols.graph.paging import api
from protocols.graph.people import identity, text
from protocols.graph.tried import done, refused_with, tried
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Reason

LONGEST: Final = timedelta(minutes=10_080)
"""Of a subscription for events or contacts, as Graph's reference has it by now; that each tenant grants it is
unconfirmed."""
GRANTED: Final = timedelta(minutes=4_230)
"""What was the longest before, and is taken by all."""
SHORTEST: Final = timedelta(minutes=45)
_MOST: Final = 1000
"""Notifications that are read of one call: Graph sends far fewer."""
_LONGEST_SECRET: Final = 128
_ROUNDING: Final = timedelta(minutes=1)  # between our clock and Graph's


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A promise to tell of changes until ``until``."""

    key: str
    until: datetime


class Sort(Enum):
    """What a notification says; the last three are of a subscription's life."""

    CHANGED = "changed"
    REAUTHORISE = "reauthorizationRequired"
    REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing told. ``secret`` is what was agreed on (clientState): whoever reads it compares it in constant time,
    and believes nothing where it is another. Of what changed only that something did is used."""

    subscription: str
    sort: Sort
    secret: str = field(default="", repr=False)


async def subscribe(
    send: Send, resource: str, *, url: str, secret: str, until: datetime, api_url: str, as_of: datetime
) -> Subscription:
    """To be told at ``url``, of changes and of the subscription's own life, with ``secret`` (128 characters at most) in
    each; Graph calls it at once, and wants its ``validationToken`` back as plain text. Raises PeerError."""
    if not 0 < len(secret) <= _LONGEST_SECRET:
        raise ValueError(f"a secret of 1 to {_LONGEST_SECRET} characters is wanted")
    body = {
        "changeType": "created,updated,deleted",
        "notificationUrl": url,
        "lifecycleNotificationUrl": url,
        "resource": resource,
        "clientState": secret,
    }
    return await _promised(send, f"{api(api_url)}/subscriptions", body, until, as_of)


async def end(send: Send, key: str, *, api_url: str, as_of: datetime) -> None:
    """No more of it; nothing happens where it has ended. Raises PeerError."""
    failure = done(await tried(send, "DELETE", _one(api_url, key), as_of=as_of))
    if failure is not None and not refused_with(failure, 404):
        raise failure


def read(body: bytes) -> Sequence[Notification]:
    """The notifications of one call, in order. Raises PeerError(GARBLED) for what is no such call; a part of it that
    cannot be read is left out, since nothing of it can be believed."""
    values = json_object(body).get("value")
    if not isinstance(values, list) or len(values) > _MOST:
        raise PeerError(Reason.GARBLED, "a call that tells of no changes")
    return [each for value in values if isinstance(value, dict) and (each := _notification(value)) is not None]


def _notification(value: Mapping[str, Any]) -> Notification | None:
    key, life = text(value.get("subscriptionId")), text(value.get("lifecycleEvent"))
    secret = value.get("clientState")
    sorts = {sort.value.lower(): sort for sort in Sort if sort is not Sort.CHANGED}
    sort = sorts.get(life.lower()) if life else Sort.CHANGED
    if not key or sort is None:
        return None
    return Notification(subscription=key, sort=sort, secret=secret if isinstance(secret, str) else "")


async def _promised(send: Send, url: str, body: Mapping[str, Any], until: datetime, as_of: datetime) -> Subscription:
    """As long as wanted, as Graph's reference has it; where that is refused, as long as it always was."""
    wanted = max(min(until, as_of + LONGEST - _ROUNDING), as_of + SHORTEST)
    told = await _asked(send, url, body, wanted, as_of)
    shorter = as_of + GRANTED - _ROUNDING
    if isinstance(told, PeerError) and refused_with(told, 400) and wanted > shorter:
        told = await _asked(send, url, body, shorter, as_of)
        wanted = shorter
    if isinstance(told, PeerError):
        raise told
    entry = json_object(told.body)
    return Subscription(key=identity(entry), until=_instant(entry.get("expirationDateTime"), wanted))


async def _asked(
    send: Send, url: str, body: Mapping[str, Any], until: datetime, as_of: datetime
) -> HttpResponse | PeerError:
    expires = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return await tried(send, "POST", url, {**body, "expirationDateTime": expires}, as_of=as_of)


def _instant(value: Any, otherwise: datetime) -> datetime:
    try:
        told = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return otherwise
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)


def _one(api_url: str, key: str) -> str:
    return f"{api(api_url)}/subscriptions/{quote(key, safe='')}"
