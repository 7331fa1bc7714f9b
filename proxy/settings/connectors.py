"""[connectors.…]: the calendar systems that are asked, and how Busyline proves itself to each."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from proxy.settings.words import Address, Section, Subject, Url, some
from service.durations import Duration
from service.secrets import SecretReference


class PeerSection(Section):
    """What every connector has."""

    ca: Path | None = Field(None, description="a private CA that signed the other side's certificate (PEM)")
    deadline: Duration = Field(
        timedelta(seconds=25),
        description="one call to the other side is cut after this long; no caller waits for it, but its answer is kept",
    )


class GraphConnector(PeerSection):
    """Microsoft 365 by Microsoft Graph."""

    protocol: Literal["graph"]
    tenant: str = Field(min_length=1, description="tenant id or domain", examples=["contoso.onmicrosoft.com"])
    client_id: str = Field(min_length=1, description="the application's (client) id")
    certificate: SecretReference | None = Field(
        None, description="private key and certificate in one PEM file", examples=["file:contoso.pem"]
    )
    secret: SecretReference | None = Field(None, description="a client secret instead", examples=["env:CONTOSO_SECRET"])
    cloud: Literal["global", "gcc-high", "dod", "china"] = Field("global", description="which Microsoft cloud")
    anchors: Annotated[tuple[Address, ...], AfterValidator(some)] = Field(
        description="mailboxes that carry the questions; more of them carry more at once",
        examples=[["fb1@contoso.example"]],
    )
    concurrency: int = Field(4, ge=1, le=4, description="questions at once per anchor; Graph allows 4")
    login_url: Url | None = Field(None, description="another sign-in host than the cloud's")
    graph_url: Url | None = Field(None, description="another Graph host than the cloud's")

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.certificate is None) == (self.secret is None):
            raise ValueError('write exactly one of certificate = "file:…" and secret = "env:…"')
        return self


class GoogleConnector(PeerSection):
    """Google Workspace by the Calendar API, a service account acting for the domain."""

    protocol: Literal["google"]
    service_account: SecretReference = Field(
        description="the service account's key file (JSON)", examples=["file:northwind.json"]
    )
    subject: Subject = Field(
        description='whom the service account acts as: an address, or "target" for each person as themself',
        examples=["freebusy@northwind.example"],
    )
    statuses: bool = Field(
        False, description="tell tentative and out of office from busy: one call per mailbox instead of one per 50"
    )
    concurrency: int = Field(10, ge=1, description="calls at once")
    api_url: Url | None = Field(None, description="another host than https://www.googleapis.com")


class BasicAuth(Section):
    """A user name and a password in every request."""

    kind: Literal["basic"]
    username: str = Field(min_length=1, examples=["FABRIKAM\\svc"], description="user@domain or DOMAIN\\user")
    password: SecretReference = Field(description="its password", examples=["env:FABRIKAM_PASSWORD"])


class EwsConnector(PeerSection):
    """Exchange Server by Exchange Web Services."""

    protocol: Literal["ews"]
    url: Url = Field(
        description="the EWS address; redirects are not followed",
        examples=["https://mail.fabrikam.example/EWS/Exchange.asmx"],
    )
    auth: BasicAuth = Field(description="how Busyline proves itself there")
    concurrency: int = Field(10, ge=1, description="calls at once; Exchange allows 27 by default, 2010 allows 10")


ConnectorSettings: TypeAlias = Annotated[
    GraphConnector | GoogleConnector | EwsConnector, Field(discriminator="protocol")
]
