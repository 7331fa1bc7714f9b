"""protocol = "http": an in-house system that answers Busyline's own small JSON contract (docs/provider.md)."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from proxy.settings.connectors.section import PeerSection
from service.secrets import SecretReference
from service.words import DavUrl, Section, Whole


class ProviderBearerAuth(Section):
    """A token in every request."""

    kind: Literal["bearer"]
    token: SecretReference = Field(description="the token", examples=["env:SHIFTS_TOKEN"])


class ProviderBasicAuth(Section):
    """A user name and a password in every request."""

    kind: Literal["basic"]
    username: str = Field(min_length=1, description="who Busyline is there", examples=["busyline"])
    password: SecretReference = Field(description="its password", examples=["env:SHIFTS_PASSWORD"])


ProviderAuth: TypeAlias = Annotated[ProviderBearerAuth | ProviderBasicAuth, Field(discriminator="kind")]


class ProviderConnector(PeerSection):
    """A system of one's own, asked by JSON over HTTPS."""

    protocol: Literal["http"]
    url: DavUrl = Field(description="where questions are posted", examples=["https://shifts.fabrikam.example/freebusy"])
    auth: ProviderAuth | None = Field(
        None,
        description="how Busyline proves itself there; without it anybody who reaches the system may ask it",
        examples=[{"kind": "bearer", "token": "env:SHIFTS_TOKEN"}],
    )
    requester: str = Field(
        "busyline",
        min_length=1,
        max_length=100,
        description="the name under which this Busyline asks; whoever asked Busyline is not told",
    )
    mailboxes: Whole = Field(50, ge=1, le=500, description="mailboxes in one call, at most")
    concurrency: Whole = Field(10, ge=1, description="calls at once")
