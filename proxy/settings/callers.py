"""[[callers]]: who may ask, about whom, how much they see, and how they like their answers."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from protocols.model.freebusy import Detail
from proxy.settings.words import MayAsk, Section, some
from service.durations import Duration
from service.secrets import SecretReference


class BasicCaller(Section):
    """User names that share one password."""

    usernames: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], AfterValidator(some)] = Field(
        description="every name the caller signs in with; Google wants an address",
        examples=[["interop@northwind.example"]],
    )
    password: SecretReference = Field(
        description="what `busyline hash-password` printed, never the password itself", examples=["file:interop.hash"]
    )


class CallerSettings(Section):
    """[[callers]]: who may ask, about whom, and how much they see."""

    name: str = Field(min_length=1, description="for logs and metrics", examples=["northwind-google-interop"])
    organisation: str = Field("", description="whose system it is, for people to read")
    basic: BasicCaller = Field(description="how the caller proves itself")
    may_ask: tuple[MayAsk, ...] = Field(
        description='whom the caller may ask about: addresses, domains, "*.domain", or "*" for all',
        examples=[["contoso.example", "fabrikam.example"]],
    )
    sees: Detail = Field(Detail.BUSY, description='"busy", or "details" for subjects and places of what is not private')
    rooms_see: Detail = Field(Detail.BUSY, description="the same for rooms, whose subjects name their organisers")
    never_via: tuple[str, ...] = Field(
        (), description="connectors never asked for this caller: their own, or the question would go in circles"
    )
    unknown_as: Literal["error", "busy"] = Field(
        "error", description='how time nothing is known about is shown; never as free, "busy" keeps the rest of the day'
    )
    faults: Literal["soap", "per-mailbox"] = Field(
        "soap", description='"per-mailbox" for Google, which reads a code per mailbox and no fault'
    )
    always_events: bool = Field(False, description="events even for the merged view; Google reads events")
    times: Literal["naive", "offset"] = Field("naive", description="times without or with their UTC offset")
    deadline: Duration | None = Field(None, description="another deadline than [server]'s")
