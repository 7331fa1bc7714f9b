"""Drives exchangelib, the EWS client of the Python world."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias

import requests.adapters
from exchangelib import BASIC, Configuration, Credentials, EWSDateTime, EWSTimeZone, FailFast
from exchangelib.autodiscover.protocol import AutodiscoverProtocol
from exchangelib.protocol import BaseProtocol, Protocol

from tests.clients.blocks import Answer, block

Subject: TypeAlias = tuple[datetime, str | None, str | None, bool]


def free_busy(
    url: str,
    username: str,
    password: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str | None = None,
    view: str = "DetailedMerged",
) -> list[Answer]:
    """Blocks of each address between two naive times of the IANA ``zone``; free ones are left out."""
    tz = EWSTimeZone(zone)
    window = [EWSDateTime.from_datetime(naive).replace(tzinfo=tz) for naive in (start, end)]
    with _protocol(Protocol, url, username, password, ca) as protocol:
        views = protocol.get_free_busy_info([(a, "Required", False) for a in addresses], *window, requested_view=view)
        return [_answer(view) for view in views]


def subjects(
    url: str,
    username: str,
    password: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str | None = None,
) -> list[list[Subject] | None]:
    """What each address does between two naive times of the IANA ``zone``: start, subject, place, whether private.

    None for whom no details are shown.
    """
    tz = EWSTimeZone(zone)
    window = [EWSDateTime.from_datetime(naive).replace(tzinfo=tz) for naive in (start, end)]
    with _protocol(Protocol, url, username, password, ca) as protocol:
        views = list(protocol.get_free_busy_info([(a, "Required", False) for a in addresses], *window))
        return [_subjects(view) if view.view_type.startswith("Detailed") else None for view in views]


def discovered(
    url: str, username: str, password: str, address: str, *, ca: str | None = None
) -> tuple[str | None, str | None]:
    """The EWS URL that SOAP Autodiscover at ``url`` gives for ``address``, and the error code otherwise."""
    with _protocol(AutodiscoverProtocol, url, username, password, ca) as protocol:
        answer = protocol.get_user_settings(user=address, settings=["external_ews_url", "ews_supported_schemas"])
        settings = getattr(answer, "user_settings", None) or {}
        return settings.get("external_ews_url"), getattr(answer, "error_code", None)


def rooms(url: str, username: str, password: str, *, ca: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Address and name of each room by the address of its list, as GetRoomLists and GetRooms tell them."""
    with _protocol(Protocol, url, username, password, ca) as protocol:
        lists = list(protocol.get_roomlists())
        return {
            one.email_address: [(room.email_address, room.name) for room in protocol.get_rooms(one.email_address)]
            for one in lists
        }


def _answer(view: Any) -> Answer:
    if isinstance(view, Exception):
        return type(view).__name__
    events = [event for event in view.calendar_events or () if event.busy_type != "Free"]
    return sorted(block(event.start, event.end, event.busy_type) for event in events)


def _subjects(view: Any) -> list[Subject]:
    events = [event for event in view.calendar_events or () if event.busy_type != "Free"]
    return sorted(
        (block(event.start, event.end, "")[0], event.details.subject, event.details.location, event.details.is_private)
        for event in events
    )


@contextmanager
def _protocol(kind: Any, url: str, username: str, password: str, ca: str | None) -> Iterator[Any]:
    """A protocol of exchangelib that trusts ``ca``; its kinds are cached by URL, so it is taken down afterwards."""

    class Trusting(requests.adapters.HTTPAdapter):
        def send(self, request: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            return super().send(request, **(kwargs | {"verify": ca or True}))

    previous, BaseProtocol.HTTP_ADAPTER_CLS = BaseProtocol.HTTP_ADAPTER_CLS, Trusting
    auth_type = BASIC if kind is AutodiscoverProtocol else None  # EWS: found out from the challenge
    config = Configuration(
        service_endpoint=url, credentials=Credentials(username, password), auth_type=auth_type, retry_policy=FailFast()
    )
    protocol = kind(config=config)
    try:
        yield protocol
    finally:
        protocol.close()
        Protocol.clear_cache()
        BaseProtocol.HTTP_ADAPTER_CLS = previous
