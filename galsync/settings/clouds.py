"""[directories.…] of Microsoft 365 and Google Workspace."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from galsync.entries import Form
from galsync.powershell.orders import STAMP_ATTRIBUTE
from galsync.settings.shared_folder import SharedFolder
from galsync.settings.words import CustomAttribute, ExtensionAttribute
from protocols.google import directory, mail_forwarding, personal_contacts, shared_contacts
from protocols.graph.accounts import STAMP
from protocols.graph.cmdlets import URLS
from service.clouds import GoogleSection, MicrosoftSection
from service.words import Address, Domain, Switch, Url


class GraphDirectory(MicrosoftSection):
    """Microsoft 365 by Microsoft Graph: its users, groups and rooms; guests in it, or contacts in its mailboxes."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT, Form.GUEST)
    usual: ClassVar[Form | None] = None

    protocol: Literal["graph"]
    domains: tuple[Domain, ...] = Field(
        (),
        description="the organisation's own domains: whoever has an address in another is no source's person",
        examples=[["contoso.example"]],
    )
    rooms: Switch = Field(
        True,
        description="rooms are told from people, which takes Place.Read.All; without it a room counts as a user, as a"
        " rule as one who is blocked",
    )
    stamp: ExtensionAttribute = Field(STAMP, description="where the stamp of a guest stands")
    shown_by: str = Field(
        "",
        description="the directory (powershell, exchange-online-undocumented) that shows guests in the address lists,"
        " as Graph cannot",
        examples=["contoso-exchange"],
    )


class ExchangeOnlineDirectory(MicrosoftSection):
    """Exchange Online at once instead of by script, through an undocumented interface that Microsoft may change."""

    reads: ClassVar[bool] = False
    writes: ClassVar[tuple[Form, ...]] = (Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP)
    usual: ClassVar[Form | None] = Form.MAIL_CONTACT

    protocol: Literal["exchange-online-undocumented"]
    sign_in_domain: str = Field(
        "",
        description="the accepted domain in which mail users get their sign-in name; without it none are made",
        examples=["contoso.onmicrosoft.com"],
    )
    stamp: CustomAttribute = Field(STAMP_ATTRIBUTE, description="where the stamp stands")
    exchange_url: Url | None = Field(None, description="another Exchange Online host than the cloud's")

    @property
    def exchange(self) -> str:
        """Where its Exchange Online is."""
        return self.exchange_url or URLS[self.cloud]


class StaffExportDirectory(SharedFolder, MicrosoftSection):
    """A folder of contacts in a mailbox of another company, shared for this purpose, by Graph: read, or filled."""

    protocol: Literal["staff-export"]
    person: Switch = Field(
        False,
        description="the mailbox itself signs in, once, by `busyline connect`; then there is no certificate or secret",
    )
    account: str = Field(
        "",
        description="the name that the mailbox signs in with (userPrincipalName) by person = true, where it is another"
        " than its address",
        examples=["export@fabrikam.onmicrosoft.com"],
    )

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        proofs = (self.certificate is not None) + (self.secret is not None)
        if self.person and proofs:
            raise ValueError("leave out certificate and secret, or write person = false")
        if not self.person and proofs != 1:
            raise ValueError('write exactly one of certificate = "file:…", secret = "env:…" and person = true')
        return self


class GoogleDirectory(GoogleSection):
    """Google Workspace: its users, groups and rooms; shared contacts of its domain and groups, or contacts of users."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.SHARED_CONTACT, Form.CONTACT, Form.GROUP)
    usual: ClassVar[Form | None] = Form.SHARED_CONTACT

    protocol: Literal["google"]
    subject: Address = Field(description="the administrator to act as", examples=["admin@northwind.example"])
    domain: Domain | None = Field(
        None,
        description="one domain of the organisation, else all; shared contacts are of it, else of the subject's",
        examples=["northwind.example"],
    )
    api_url: Url = Field(directory.API_URL, description="another host of the directory")
    contacts_url: Url = Field(shared_contacts.API_URL, description="another host of the shared contacts")
    people_url: Url = Field(personal_contacts.API_URL, description="another host of the contacts of users")
    gmail_url: Url = Field(mail_forwarding.API_URL, description="another host of the users' mail settings")
