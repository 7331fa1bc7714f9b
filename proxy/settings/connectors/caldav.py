"""protocol = "caldav": a CalDAV server, asked by outbox, free-busy-query, calendar-query or published file."""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from proxy.settings.connectors.section import PeerSection
from service.caldav_sign_in import CaldavAuth
from service.durations import Duration
from service.words import Address, DavUrl, Switch, Whole

_PARTS = ("{local}", "{domain}", "{address}")


def _template(text: str) -> str:
    """A path or an https address with at least one part of the person's address in it."""
    rest = text
    for part in _PARTS:
        rest = rest.replace(part, "")
    if rest == text or {"{", "}"} & set(rest):
        raise ValueError(f'"{text}" names no person: write {{local}}, {{domain}} or {{address}} in it')
    if not text.isprintable() or set(text) & set(" #"):
        raise ValueError(f'"{text}" is no address: spaces and # do not belong in it')
    parts = urlsplit(rest)
    if not text.startswith("/") and not (parts.scheme in {"https", "http"} and parts.hostname):
        raise ValueError(f'"{text}" begins with neither / nor https://: write for example "/principals/{{local}}/"')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{text}" is no time zone: write a name such as "Europe/Berlin"') from None
    return text


PersonTemplate: TypeAlias = Annotated[str, AfterValidator(_template)]
ZoneName: TypeAlias = Annotated[str, AfterValidator(_zone)]


class CaldavConnector(PeerSection):
    """A CalDAV server (RFC 4791)."""

    protocol: Literal["caldav"]
    url: DavUrl = Field(
        description="where the server begins; with its path, where it has one",
        examples=["https://dav.fabrikam.example", "https://cloud.fabrikam.example/remote.php/dav"],
    )
    auth: CaldavAuth | None = Field(
        None,
        description="how Busyline proves itself there; without it only what everybody may read is read",
        examples=[{"kind": "basic", "username": "busyline@fabrikam.example", "password": "env:FABRIKAM_PASSWORD"}],
    )
    strategy: Literal["auto", "outbox", "report", "expand", "ifb"] = Field(
        "auto",
        description="how people are asked about: auto tries outbox, report, expand, ifb and keeps what works",
    )
    principal: PersonTemplate | None = Field(
        None,
        description="where the principal of a person is, on a server that finds nobody by address",
        examples=["/principals/users/{local}/"],
    )
    home: PersonTemplate | None = Field(
        None,
        description="where the calendars of a person are, on a server that finds nobody by address",
        examples=["/{local}/"],
    )
    ifb: PersonTemplate | None = Field(
        None,
        description="where the free/busy file of a person is, on the same host",
        examples=["/SOGo/dav/public/{local}/freebusy.ifb"],
    )
    organizer: Address | None = Field(
        None,
        description="the address in whose name the outbox is asked, where the server tells none of Busyline's account",
        examples=["busyline@fabrikam.example"],
    )
    recipients: Whole = Field(50, ge=1, le=500, description="people in one question to the outbox, at most")
    old_headers: Switch = Field(
        False, description="send Originator and Recipient as well, which servers older than RFC 6638 want"
    )
    zone: ZoneName | None = Field(
        None,
        description="the time zone of all-day events in calendars that name none; without it that time is unknown",
        examples=["Europe/Berlin"],
    )
    remember: Duration = Field(
        timedelta(minutes=1),
        description="how long it is remembered which calendars a person has; a new one counts then",
    )
    concurrency: Whole = Field(8, ge=1, description="calls at once")
