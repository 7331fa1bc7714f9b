"""[directories.…] of Microsoft 365 and Google Workspace."""

from typing import ClassVar, Literal

from pydantic import Field

from galsync.entries import Form
from galsync.settings.words import ExtensionAttribute, Name
from protocols.google import directory, personal_contacts, shared_contacts
from protocols.graph.accounts import STAMP
from service.clouds import GoogleSection, MicrosoftSection
from service.words import Address, Domain, Url


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
    stamp: ExtensionAttribute = Field(STAMP, description="where the stamp of a guest stands")


class StaffExportDirectory(MicrosoftSection):
    """A folder of contacts in a mailbox of another company, shared for this purpose: a source, by Microsoft Graph."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = ()
    usual: ClassVar[Form | None] = None

    protocol: Literal["staff-export"]
    mailbox: Address = Field(description="whose mailbox", examples=["staff-export@fabrikam.example"])
    folder: str = Field("", description="the folder below its contacts; the contacts themselves where it is left out")
    takes: tuple[Name, ...] = Field(
        (),
        description="syncs of the other company that fill it; what bears another stamp of Busyline's is left out",
        examples=[["staff"]],
    )


class GoogleDirectory(GoogleSection):
    """Google Workspace: its users, groups and rooms; shared contacts of its domain, or contacts of its users."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.SHARED_CONTACT, Form.CONTACT)
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
