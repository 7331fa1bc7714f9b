"""[hubs.spokes.…] of Exchange Server: a calendar or a folder of contacts in a mailbox, or a public folder, by EWS."""

from datetime import timedelta
from typing import ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from calsync.settings import same_places
from calsync.settings.spoke_section import SpokeSection
from service.durations import Duration
from service.exchange_sign_in import ExchangeSection
from service.jobs.cron import ZoneName
from service.words import Address, EwsUrl, Switch

_OF_PUBLIC = ("hierarchy_mailbox", "content_mailbox", "autodiscover", "deletions_every")


class EwsSpoke(SpokeSection, ExchangeSection):
    """Exchange Server by EWS, in the mailbox's name, by rights that it gave, or in the public folders."""

    keys: ClassVar[dict[str, frozenset[str]]] = {
        "calendar": frozenset({"calendar", "zone", "owners"}),
        "contacts": frozenset({"folder"}),
    }

    protocol: Literal["ews"]
    mailbox: Address = Field(
        description="whose mailbox; for a public folder the account's own", examples=["projects@fabrikam.example"]
    )
    impersonate: Switch = Field(
        True,
        description="act in the mailbox's name, by ApplicationImpersonation; else by the rights that it gave to the"
        " account. Public folders are always reached by rights",
    )
    calendar: str = Field(
        "",
        description="a calendar below the mailbox's own one, which is meant where left out",
        examples=["Team/Shifts"],
    )
    folder: str = Field(
        "", description="for contacts: a folder right below the mailbox's own one", examples=["Suppliers"]
    )
    public_folder: str = Field("", description="a public folder instead, by its path", examples=["/Shared/Team"])
    hierarchy_mailbox: Address | None = Field(
        None,
        description="the public folder mailbox with the tree, where Autodiscover does not tell it",
        examples=["pf-tree@fabrikam.example"],
    )
    content_mailbox: Address | None = Field(
        None,
        description="the public folder mailbox with this folder's items, where Autodiscover does not tell it",
        examples=["pf-content@fabrikam.example"],
    )
    autodiscover: EwsUrl | None = Field(
        None,
        description="the SOAP Autodiscover that tells both",
        examples=["https://mail.fabrikam.example/autodiscover/autodiscover.svc"],
    )
    deletions_every: Duration = Field(
        timedelta(hours=1),
        description="a public folder tells no changes: so often all that is there is listed, to find what is gone",
    )
    version: str = Field(
        "", description="the version of EWS; found out where it is left out", examples=["Exchange2013_SP1"]
    )
    zone: ZoneName = Field(
        ZoneInfo("UTC"),
        description="the calendar's own zone, at whose midnights days begin",
        examples=["Europe/Berlin"],
    )
    owners: tuple[Address, ...] = Field(
        (),
        description="further addresses of the owner, who is nobody else in a meeting",
        examples=[["p@fabrikam.example"]],
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.public_folder and (self.calendar or self.folder):
            raise ValueError("write public_folder, or a folder of the mailbox, not both")
        if self.public_folder and not self.public_folder.startswith("/"):
            raise ValueError('public_folder is a path from the top: write for example "/Shared/Team"')
        if not self.public_folder and (written := [key for key in _OF_PUBLIC if key in self.model_fields_set]):
            raise ValueError(f"{written[0]} is for public folders alone: write public_folder, or remove it")
        return self

    @property
    def place(self) -> tuple[str, ...]:
        """By server, mailbox and name."""
        if self.public_folder:
            return same_places.public_folder(self.url, self.public_folder)
        return same_places.ews(self.url, self.mailbox, self.calendar, self.folder)
