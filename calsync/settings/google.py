"""[hubs.spokes.…] at Google: a calendar or the contacts of a user, by a service account or by their own sign-in."""

from typing import ClassVar, Literal

from pydantic import Field

from calsync.settings import same_places
from calsync.settings.spoke_section import SpokeSection
from service.clouds import GoogleSection
from service.google_account import Application, RenewalUrl, SignInUrl
from service.outgoing import NetworkSection
from service.words import Address, Section, Url

_KEYS = {"calendar": frozenset({"calendar"}), "contacts": frozenset({"label"})}


class _Place(Section):
    calendar: str = Field(
        "",
        description="the calendar's id, as its settings in Google Calendar show it; the user's own where left out",
        examples=["c_188abc@group.calendar.google.com"],
    )
    label: str = Field(
        "", description="for contacts: those with this label alone, else all of the user's", examples=["Suppliers"]
    )
    api_url: Url | None = Field(None, description="another host than Google's", examples=["https://www.googleapis.com"])


class GoogleSpoke(SpokeSection, _Place, GoogleSection):
    """Google Workspace by a service account, which acts as a user who may read, or write, the calendar."""

    keys: ClassVar[dict[str, frozenset[str]]] = _KEYS

    protocol: Literal["google"]
    subject: Address = Field(description="the user to act as", examples=["calendars@northwind.example"])

    @property
    def place(self) -> tuple[str, ...]:
        """By the calendar's id."""
        return same_places.google(self.calendar, self.subject, self.label)


class GoogleAccountSpoke(SpokeSection, _Place, NetworkSection):
    """One Google account whose owner signed in once, by `busyline connect`: no administrator needed."""

    keys: ClassVar[dict[str, frozenset[str]]] = _KEYS
    person: ClassVar[bool] = True

    protocol: Literal["google-account"]
    account: Address = Field(
        description="whose calendar or contacts; nobody else's sign-in is taken",
        examples=["jack.thompson@northwind.example"],
    )
    application: Application
    sign_in_url: SignInUrl = None
    renewal_url: RenewalUrl = None

    @property
    def place(self) -> tuple[str, ...]:
        """By the calendar's id."""
        return same_places.google(self.calendar, self.account, self.label)
