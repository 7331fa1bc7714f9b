"""[directories.…] of Exchange Server by EWS: contacts in its mailboxes, and the shared mailbox of another company."""

from typing import ClassVar, Literal

from pydantic import Field

from galsync.entries import Form
from galsync.settings.words import Name
from service.exchange_sign_in import ExchangeSection
from service.words import Address, Domain, Switch


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


class StaffExportEwsDirectory(ExchangeSection):
    """A folder of contacts in a mailbox of another company, shared for this purpose, by EWS: read, or filled."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT,)
    usual: ClassVar[Form | None] = Form.CONTACT

    protocol: Literal["staff-export-ews"]
    mailbox: Address = Field(description="whose mailbox", examples=["staff-export@fabrikam.example"])
    folder: str = Field(
        "",
        description="the folder below its contacts; the contacts themselves where it is left out, which are only read",
        examples=["Staff"],
    )
    takes: tuple[Name, ...] = Field(
        (),
        description="syncs of the other company that fill it; what bears another stamp of Busyline's is left out",
        examples=[["staff"]],
    )
    impersonate: Switch = Field(
        False,
        description="act in the mailbox's name, by ApplicationImpersonation; else by the rights that it gave to the"
        " account",
    )
