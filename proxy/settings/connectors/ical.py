"""protocol = "ical": free/busy or calendars published at a URL per person."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from protocols.caldav.published_urls import PARTS
from proxy.settings.connectors.caldav import ZoneName
from proxy.settings.connectors.section import PeerSection
from service.caldav_sign_in import CaldavBasicAuth
from service.durations import Duration
from service.file_urls import FileUrl, file_url
from service.sizes import ByteCount
from service.words import Address, Whole, without_file

_MIB = 1024 * 1024


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
