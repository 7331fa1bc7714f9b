"""[directories.…] of one Google account: its contacts, written in the name of whoever signed in for it."""

from typing import ClassVar, Literal

from pydantic import Field

from galsync.entries import Form
from service.outgoing import NetworkSection
from service.person_google import AUTH_URL, TOKEN_URL
from service.secrets import SecretReference
from service.words import Address, Section, Url


class GoogleApplicationSettings(Section):
    """The OAuth client through which somebody signs in, of Google's kind "Desktop app"."""

    client_id: str = Field(min_length=1, description="its client id", examples=["1234.apps.googleusercontent.com"])
    secret: SecretReference = Field(
        description="where its client secret lies, which proves nothing and is wanted all the same",
        examples=["file:google-application.secret"],
    )


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
    application: GoogleApplicationSettings = Field(
        description="the OAuth client, of the kind Desktop app, that its owner signs in through",
        examples=[{"client_id": "1234.apps.googleusercontent.com", "secret": "file:google-application.secret"}],
    )
    list: str = Field(min_length=1, max_length=100, description="the label they get", examples=["Fabrikam"])
    people_url: Url | None = Field(
        None, description="another host of the contacts", examples=["https://people.googleapis.com"]
    )
    sign_in_url: Url | None = Field(None, description="another page to sign in at", examples=[AUTH_URL])
    renewal_url: Url | None = Field(
        None, description="another address where a sign-in is redeemed and renewed", examples=[TOKEN_URL]
    )
