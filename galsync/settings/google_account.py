"""[directories.…] of one Google account: its contacts, written in the name of whoever signed in for it."""

from typing import ClassVar, Literal

from pydantic import Field

from galsync.entries import Form
from service.google_account import Application, RenewalUrl, SignInUrl
from service.outgoing import NetworkSection
from service.words import Address, Url


class GoogleAccountDirectory(NetworkSection):
    """The contacts of one Google account whose owner signed in once, by `busyline connect`: no administrator needed."""

    reads: ClassVar[bool] = False
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT,)
    usual: ClassVar[Form | None] = Form.CONTACT
    person: ClassVar[bool] = True

    protocol: Literal["google-account"]
    account: Address = Field(
        description="whose contacts; nobody else's sign-in is taken", examples=["sales.phone@northwind.example"]
    )
    application: Application
    list: str = Field(min_length=1, max_length=100, description="the label they get", examples=["Fabrikam"])
    people_url: Url | None = Field(
        None, description="another host of the contacts", examples=["https://people.googleapis.com"]
    )
    sign_in_url: SignInUrl = None
    renewal_url: RenewalUrl = None
