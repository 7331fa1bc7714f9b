"""[hubs.spokes.…] of CalDAV: a collection of a server, or a file that is published at a URL."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from calsync.settings import same_places
from calsync.settings.spoke_section import SpokeSection
from service.caldav_sign_in import CaldavAuth, CaldavBasicAuth
from service.file_urls import file_url
from service.jobs.cron import ZoneName
from service.outgoing import NetworkSection
from service.secrets import Reference
from service.words import Address, Section, url_such_as

_KEYS = {"calendar": frozenset({"zone", "owners"})}
_COLLECTION = "https://dav.fabrikam.example/calendars/team/"


def _address(written: object) -> object:
    """An address of a file, or where one that is secret lies."""
    if isinstance(written, str) and written.strip().startswith(("env:", "file:")):
        return Reference.parse(written.strip())
    return written if isinstance(written, Reference) else file_url(str(written).strip())


class _Meant(Section):
    zone: ZoneName | None = Field(
        None,
        description="what times without a zone are meant in, where the calendar itself names none",
        examples=["Europe/Berlin"],
    )
    owners: tuple[Address, ...] = Field(
        (),
        description="the addresses of whose calendar it is: their answers to invitations count (declined), and whoever "
        "else takes part makes a meeting",
        examples=[["ann@fabrikam.example"]],
    )


class CaldavSpoke(SpokeSection, _Meant, NetworkSection):
    """A calendar of a CalDAV server (RFC 4791)."""

    keys: ClassVar[dict[str, frozenset[str]]] = _KEYS

    protocol: Literal["caldav"]
    url: Annotated[str, url_such_as(_COLLECTION)] = Field(
        description="the calendar itself, with its whole path", examples=[_COLLECTION]
    )
    auth: CaldavAuth | None = Field(None, description="how Busyline proves itself there")

    @property
    def place(self) -> tuple[str, ...]:
        """By its address."""
        return same_places.caldav(self.url)


class IcalSpoke(SpokeSection, _Meant, NetworkSection):
    """A calendar that is published as a file (.ics): it is read, and nobody can write to it."""

    keys: ClassVar[dict[str, frozenset[str]]] = _KEYS
    writable: ClassVar[bool] = False

    protocol: Literal["ical"]
    url: Annotated[
        str | Reference, BeforeValidator(_address), PlainSerializer(str), WithJsonSchema({"type": "string"})
    ] = Field(
        description='the file; where its address is a secret, where that lies: "env:NAME" or "file:path"',
        examples=["https://calendars.example.net/holidays.ics"],
    )
    auth: CaldavBasicAuth | None = Field(None, description="how Busyline proves itself there")

    @property
    def place(self) -> tuple[str, ...]:
        """By its address, or by where that lies."""
        return ("ical", str(self.url))
