"""protocol = "graph": Microsoft 365."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from proxy.settings.connectors.rates import Budget
from proxy.settings.connectors.section import PeerSection
from service.secrets import SecretReference
from service.words import Address, Url, Whole, some


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
    concurrency: Whole = Field(4, ge=1, le=4, description="questions at once per anchor; Graph allows 4")
    budget: Budget = Field(
        ("10000/10m",), description="calls by one anchor; Graph allows an application 10,000 in 10 minutes per mailbox"
    )
    login_url: Url | None = Field(None, description="another sign-in host than the cloud's")
    graph_url: Url | None = Field(None, description="another Graph host than the cloud's")

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.certificate is None) == (self.secret is None):
            raise ValueError('write exactly one of certificate = "file:…" and secret = "env:…"')
        return self
