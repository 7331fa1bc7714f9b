"""[connectors.…]: the calendar systems that are asked, and how Busyline proves itself to each."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from proxy.settings.words import Address, Section, Subject, Url, some
from service.durations import Duration
from service.secrets import SecretReference


def _service_name(text: str) -> str:
    service, slash, host = text.partition("/")
    if not (service and slash and host) or "/" in host or "@" in text or set(text) & set(" \t\\"):
        raise ValueError('no service name: write one such as "HTTP/mail.fabrikam.example"')
    return text


ServiceName: TypeAlias = Annotated[str, AfterValidator(_service_name)]


class PeerSection(Section):
    """What every connector has."""

    ca: Path | None = Field(None, description="a private CA that signed the other side's certificate (PEM)")
    private_network: bool = Field(
        False,
        description="its name may lead to an address in a private network; not needed where an IP address is written",
    )
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


class NtlmAuth(BasicAuth):
    """NTLM: the password itself is not sent; with channel binding, as Extended Protection demands it."""

    kind: Literal["ntlm"]  # type: ignore[assignment]
    spn: ServiceName | None = Field(
        None,
        description="the service's name, where it is not HTTP/ and the host",
        examples=["HTTP/mail.fabrikam.example"],
    )


class NegotiateAuth(Section):
    """Kerberos (extra "kerberos"): by keytab, by password, or by the process's credential cache; else NTLM."""

    kind: Literal["negotiate"]
    username: str | None = Field(
        None, min_length=1, examples=["svc@fabrikam.example"], description="user@domain; DOMAIN\\user is NTLM always"
    )
    password: SecretReference | None = Field(None, description="its password", examples=["env:FABRIKAM_PASSWORD"])
    keytab: Path | None = Field(None, description="a keytab instead of a password", examples=["fabrikam.keytab"])
    principal: str | None = Field(
        None,
        min_length=1,
        description="whose key of the keytab is used; the first one's where it is not written",
        examples=["svc@FABRIKAM.EXAMPLE"],
    )
    spn: ServiceName | None = Field(
        None,
        description="the service's name, where it is not HTTP/ and the host",
        examples=["HTTP/mail.fabrikam.example"],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("write username and password, both or neither")
        if self.keytab is not None and self.username is not None:
            raise ValueError("write username and password, or a keytab, not both")
        if self.principal is not None and self.keytab is None:
            raise ValueError("principal names a key of a keytab: write keytab as well")
        return self


class OAuthAuth(Section):
    """A bearer token of Microsoft Entra ID (hybrid modern authentication)."""

    kind: Literal["oauth"]
    tenant: str = Field(min_length=1, description="tenant id or domain", examples=["fabrikam.onmicrosoft.com"])
    client_id: str = Field(
        min_length=1,
        description="the application's (client) id",
        examples=["00000000-0000-0000-0000-000000000000"],
    )
    certificate: SecretReference | None = Field(
        None, description="private key and certificate in one PEM file", examples=["file:fabrikam.pem"]
    )
    secret: SecretReference | None = Field(
        None, description="a client secret instead", examples=["env:FABRIKAM_SECRET"]
    )
    login_url: Url | None = Field(
        None,
        description="another sign-in host than https://login.microsoftonline.com",
        examples=["https://login.microsoftonline.us"],
    )
    scope: str | None = Field(
        None,
        min_length=1,
        description="what the token is for, where it is not https://, the host and /.default",
        examples=["https://mail.fabrikam.example/.default"],
    )

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.certificate is None) == (self.secret is None):
            raise ValueError('write exactly one of certificate = "file:…" and secret = "env:…"')
        return self


EwsAuth: TypeAlias = Annotated[BasicAuth | NtlmAuth | NegotiateAuth | OAuthAuth, Field(discriminator="kind")]


class EwsConnector(PeerSection):
    """Exchange Server by Exchange Web Services."""

    protocol: Literal["ews"]
    url: Url = Field(
        description="the EWS address; redirects are not followed",
        examples=["https://mail.fabrikam.example/EWS/Exchange.asmx"],
    )
    auth: EwsAuth = Field(description="how Busyline proves itself there")
    impersonate: Address | None = Field(
        None,
        description="ask in the name of this mailbox (ExchangeImpersonation); only where the account alone may not ask",
        examples=["freebusy@fabrikam.example"],
    )
    concurrency: int = Field(10, ge=1, description="calls at once; Exchange allows 27 by default, 2010 allows 10")


ConnectorSettings: TypeAlias = Annotated[
    GraphConnector | GoogleConnector | EwsConnector, Field(discriminator="protocol")
]
