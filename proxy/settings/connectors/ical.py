"""protocol = "ical": free/busy or calendars published at a URL per person."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from protocols.caldav.published_urls import PARTS
from proxy.settings.connectors.caldav import CaldavBasicAuth, ZoneName
from proxy.settings.connectors.section import PeerSection
from service.durations import Duration
from service.reach import is_loopback
from service.sizes import ByteCount
from service.words import Address, Whole, without_file

_MIB = 1024 * 1024
_SCHEMES = {
    "webcal": "write https:// instead of webcal://",
    "webcals": "write https:// instead of webcals://",
    "http": "no https address: http:// is for this machine (127.0.0.1) alone, so write https://",
}


def file_url(text: str) -> str:
    """``text`` where it is the https address of a file. Raises ValueError, in words without the address."""
    if not text.isprintable() or set(text) & set(" {}\\"):
        raise ValueError("an address has no spaces, braces or backslashes: write it as it stands in a browser")
    parts = urlsplit(text)
    schemes = {"https", "http"} if is_loopback(parts.hostname or "") else {"https"}
    if parts.scheme in _SCHEMES and parts.scheme not in schemes:
        raise ValueError(_SCHEMES[parts.scheme])
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError('no https address without user and #: write one such as "https://calendars.example.net/a.ics"')
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("its port is no number: write one from 1 to 65535, or none") from None
    return text


def _template(text: str) -> str:
    rest = text
    for part in PARTS:
        rest = rest.replace(part, "x")
    if rest == text:
        raise ValueError("names no person: write {local}, {domain} or {address} where the address changes")
    file_url(rest)
    host = text.partition("//")[2].replace("?", "/").partition("/")[0]
    if "{" in host:
        raise ValueError("a person's address cannot choose the server: {…} stands in the path or behind ? only")
    return text


def _file_or_table(written: object) -> object:
    return Path(str(without_file(written))) if isinstance(written, str) else written


FileUrl: TypeAlias = Annotated[str, AfterValidator(file_url)]


class IcalConnector(PeerSection):
    """Published .ifb and .ics files."""

    protocol: Literal["ical"]
    url: Annotated[str, AfterValidator(_template)] | None = Field(
        None,
        description="where everybody's file is; {local}, {domain} and {address} are the person's",
        examples=["https://cloud.fabrikam.example/SOGo/dav/public/{local}/freebusy.ifb"],
    )
    people: Annotated[dict[Address, FileUrl] | Path | None, BeforeValidator(_file_or_table)] = Field(
        None,
        description="single persons' files: a table of addresses and URLs, or a file with such a pair to a line; a URL "
        "that is secret belongs in a file that only Busyline may read",
        examples=["published.csv"],
    )
    auth: CaldavBasicAuth | None = Field(None, description="for the server of url alone")
    zone: ZoneName | None = Field(
        None,
        description="what all-day and floating times are meant in where a calendar names no zone of its own; not "
        "written, they are unknown",
        examples=["Europe/Berlin"],
    )
    published_ahead: Duration | None = Field(
        None,
        description="how far ahead the other side publishes; what is later is unknown",
        examples=["90d"],
    )
    max_size: ByteCount = Field(10 * _MIB, le=32 * _MIB, description="a larger file is refused, unread")
    keep: ByteCount = Field(
        64 * _MIB, description="how much is kept, compressed, of files that may come back unchanged"
    )
    concurrency: Whole = Field(8, ge=1, description="calls at once")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.url is None and self.people is None:
            raise ValueError("nobody's file is named: write url, people or both")
        if self.auth is not None and self.url is None:
            raise ValueError("auth is for the server of url: write url as well, or remove auth")
        if self.published_ahead is not None and self.published_ahead <= timedelta():
            raise ValueError("published_ahead must be more than nothing")
        return self
