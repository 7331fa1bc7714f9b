"""[directories.…] of Exchange Server by EWS: contacts in its mailboxes, and the shared mailbox of another company."""

from typing import ClassVar, Literal

from pydantic import Field

from galsync.entries import Form
from galsync.settings.shared_folder import SharedFolder
from service.exchange_sign_in import ExchangeSection
from service.words import Domain, Switch


class EwsDirectory(ExchangeSection):
    """Exchange Server by EWS: contacts in its mailboxes, written in their owners' names (ApplicationImpersonation)."""

    reads: ClassVar[bool] = False
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT,)
    usual: ClassVar[Form | None] = Form.CONTACT

    protocol: Literal["ews"]
    people: str = Field(
        "",
        description="the directory that knows who has a mailbox here: for everybody and group, not for addresses",
        examples=["fabrikam"],
    )
    domains: tuple[Domain, ...] = Field(
        (),
        description="of whom people tells, those alone whose address is in these have a mailbox here",
        examples=[["fabrikam.example"]],
    )


class StaffExportEwsDirectory(SharedFolder, ExchangeSection):
    """A folder of contacts in a mailbox of another company, shared for this purpose, by EWS: read, or filled."""

    protocol: Literal["staff-export-ews"]
    impersonate: Switch = Field(
        False,
        description="act in the mailbox's name, by ApplicationImpersonation; else by the rights that it gave to the"
        " account",
    )
