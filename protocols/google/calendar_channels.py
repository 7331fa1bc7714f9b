"""Has Google call a URL when something changes in a calendar, and reads what it says then (guides/push)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.google.calendar_reading import Calendar
from protocols.google.errors import json_object, problem
from protocols.google.freebusy import api
from protocols.http import Headers, HttpRequest
from protocols.model.freebusy import Reason

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STATES: Final = frozenset({"sync", "exists", "not_exists"})


@dataclass(frozen=True, slots=True)
class Channel:
    """A promise to call until ``until``; it takes both names to end it."""

    key: str
    resource: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Notification:
    """What a call says: something changed in what ``channel`` watches. ``begins``: it is the first, which tells only
    that the channel is there. ``token`` is the secret that was given with the channel."""

    channel: str
    token: str = field(repr=False)
    resource: str
    begins: bool
    number: int


async def watch(calendar: Calendar, *, key: str, url: str, secret: str, until: datetime) -> Channel:
    """A channel named ``key`` (64 characters at most, never used before) to ``url``, which has to be HTTPS. Google may
    promise less than ``until``. It is bound to whoever asks. Raises PeerError."""
    moment = (until - _EPOCH) // timedelta(milliseconds=1)
    body = {"id": key, "type": "web_hook", "address": url, "token": secret, "expiration": str(moment)}
    response = await calendar.send(_post(calendar.url("watch"), body))
    failure = problem(response, calendar.as_of)
    if failure is not None:
        raise failure
    told = json_object(response.body)
    resource, ends = told.get("resourceId"), str(told.get("expiration") or "")
    if not isinstance(resource, str) or not resource:
        raise PeerError(Reason.GARBLED, "a channel without its resourceId")
    promised = _EPOCH + timedelta(milliseconds=int(ends)) if ends.isdecimal() and len(ends) < 16 else until
    return Channel(key, resource, promised)


async def stop(calendar: Calendar, channel: Channel) -> None:
    """Google calls no more; nothing happens where the channel has ended. Raises PeerError."""
    url = f"{api(calendar.api_url)}/channels/stop"
    response = await calendar.send(_post(url, {"id": channel.key, "resourceId": channel.resource}))
    failure = problem(response, calendar.as_of)
    if failure is not None and failure.reason is not Reason.NO_SUCH_MAILBOX:
        raise failure


def read_notification(headers: Mapping[str, str]) -> Notification | None:
    """What a POST from Google says, by its headers alone (its body is empty); None for what is none. ``headers`` match
    in any case. Whether its token is the right one is for the caller to compare."""
    told = {name.lower(): value for name, value in headers.items()}
    state, channel = told.get("x-goog-resource-state", ""), told.get("x-goog-channel-id", "")
    number = told.get("x-goog-message-number", "")
    if state not in _STATES or not channel:
        return None
    return Notification(
        channel=channel,
        token=told.get("x-goog-channel-token", ""),
        resource=told.get("x-goog-resource-id", ""),
        begins=state == "sync",
        number=int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else 0,
    )


def _post(url: str, document: Mapping[str, Any]) -> HttpRequest:
    headers = Headers({"Accept": "application/json", "Content-Type": "application/json"})
    return HttpRequest("POST", url, headers, orjson.dumps(document))
