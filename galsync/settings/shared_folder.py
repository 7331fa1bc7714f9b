"""What is said of a folder of contacts that another company shares, whichever protocol reaches it."""

from typing import ClassVar

from pydantic import Field

from galsync.entries import Form
from service.names import Name
from service.words import Address, Section


class SharedFolder(Section):
    """A folder in one mailbox: read by the one company, filled by the other."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT,)
    usual: ClassVar[Form | None] = Form.CONTACT

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
