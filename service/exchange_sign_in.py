"""An Exchange server and how we prove ourselves to it, as the settings write it for whoever asks or fills it."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from service.outgoing import NetworkSection
from service.secrets import SecretReference
from service.words import EwsUrl, FilePath, Section, Url


def _service_name(text: str) -> str:
    service, slash, host = text.partition("/")
    if not (service and slash and host) or "/" in host or "@" in text or set(text) & set(" \t\\"):
        raise ValueError('no service name: write one such as "HTTP/mail.fabrikam.example"')
    return text


ServiceName: TypeAlias = Annotated[str, AfterValidator(_service_name)]


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
    keytab: FilePath | None = Field(None, description="a keytab instead of a password", examples=["fabrikam.keytab"])
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


class ExchangeSection(NetworkSection):
    """An Exchange server, and the account that we are there."""

    url: EwsUrl = Field(
        description="the EWS address; redirects are not followed",
        examples=["https://mail.fabrikam.example/EWS/Exchange.asmx"],
    )
    auth: EwsAuth = Field(description="how Busyline proves itself there")
