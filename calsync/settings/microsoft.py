"""[hubs.spokes.…] of Microsoft 365: a calendar or a folder of contacts of a mailbox, by Microsoft Graph."""

from typing import ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from calsync.settings import same_places
from calsync.settings.spoke_section import SpokeSection
from service.clouds import MicrosoftSection
from service.jobs.cron import ZoneName
from service.words import Address

_KEYS = {"calendar": frozenset({"calendar", "zone", "owners"}), "contacts": frozenset({"folder"})}


class GraphSpoke(SpokeSection, MicrosoftSection):
    """Microsoft 365 by an application that may read, or write, the mailbox."""

    keys: ClassVar[dict[str, frozenset[str]]] = _KEYS

    protocol: Literal["graph"]
    mailbox: Address = Field(description="whose mailbox, shared ones too", examples=["projects@contoso.example"])
    calendar: str = Field(
        "", description="the calendar's name; the mailbox's own where it is left out", examples=["Merger"]
    )
    folder: str = Field(
        "", description="for contacts: the folder's name; the mailbox's own where left out", examples=["Suppliers"]
    )
    zone: ZoneName = Field(
        ZoneInfo("UTC"), description="the mailbox's own zone, at whose midnights days begin", examples=["Europe/Berlin"]
    )
    owners: tuple[Address, ...] = Field(
        (),
        description="further addresses of the owner, who is nobody else in a meeting",
        examples=[["p@contoso.example"]],
    )

    @property
    def place(self) -> tuple[str, ...]:
        """By mailbox and name."""
        return same_places.graph(self.mailbox, self.calendar, self.folder)


class GraphAccountSpoke(GraphSpoke):
    """One mailbox of Microsoft 365 whose owner signed in once, by `busyline connect`; no certificate, no secret."""

    person: ClassVar[bool] = True

    protocol: Literal["graph-account"]  # type: ignore[assignment]
    account: str = Field(
        "",
        description="the name that the owner signs in with (userPrincipalName), where it is another than the mailbox",
        examples=["jack@contoso.onmicrosoft.com"],
    )

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if self.certificate is not None or self.secret is not None:
            raise ValueError("its owner signs in: leave out certificate and secret")
        return self
