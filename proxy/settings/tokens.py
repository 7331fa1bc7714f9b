"""[tokens] and [microsoft], and the two proofs of a caller that are bearer tokens: our own, and Microsoft's."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from service.durations import Duration, such_as
from service.secrets import SecretReference
from service.words import FilePath, Section, Url, some

EXCHANGE_ONLINE: Final = "00000002-0000-0ff1-ce00-000000000000"
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOST: Final = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_CLIENT_ID: Final = re.compile(r"[\x20-\x7e]+")  # RFC 6749 A.1


def _guid(text: str) -> str:
    if not _GUID.fullmatch(text.lower()):
        raise ValueError(f'"{text}" is no id: write one such as "8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"')
    return text.lower()


def _host(text: str) -> str:
    if not _HOST.fullmatch(text.lower()):
        raise ValueError(f'"{text}" is no host name: write it alone, such as "mail.contoso.example"')
    return text.lower()


def _client_id(text: str) -> str:
    if not _CLIENT_ID.fullmatch(text):
        raise ValueError("a client id has visible ASCII characters only")
    return text


Guid = Annotated[str, AfterValidator(_guid)]
HostName = Annotated[str, AfterValidator(_host)]
ClientId = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_client_id)]


class OAuthCaller(Section):
    """A client id and its secret, shown to our own token endpoint for tokens that live shortly."""

    client_id: ClientId = Field(
        description="the client id the caller asks for a token with", examples=["northwind-interop"]
    )
    secret: SecretReference = Field(
        description="what `busyline hash-password` printed for the client secret, never the secret itself",
        examples=["file:northwind-client.hash"],
    )


class MicrosoftCaller(Section):
    """Tokens that Microsoft issues for applications of the tenants named: Exchange Online asks with them."""

    tenants: Annotated[tuple[Guid, ...], AfterValidator(some)] = Field(
        description="tenant ids whose tokens prove this caller", examples=[["8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"]]
    )
    apps: Annotated[tuple[Guid, ...], AfterValidator(some)] = Field(
        (EXCHANGE_ONLINE,), description="ids of the applications that may ask; Exchange Online's own by default"
    )


class TokensSettings(Section):
    """[tokens]: the tokens that Busyline issues to callers with `oauth`."""

    directory: Path = Field(
        Path("tokens"), description="where the signing keys lie; every process behind public_url needs the same"
    )
    lifetime: Annotated[Duration, such_as("1h")] = Field(
        timedelta(hours=1), description="how long a token is good for; a day at most"
    )
    rotate: Annotated[Duration, such_as("24h")] = Field(
        timedelta(hours=24), description="how often a new key signs; twice the lifetime or more"
    )

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        if not timedelta(minutes=1) <= self.lifetime <= timedelta(days=1):
            raise ValueError("lifetime is too short or too long: write one from 1m to 1d")
        if self.rotate < 2 * self.lifetime:
            raise ValueError("rotate is too short: a key signs for twice the lifetime of a token or longer")
        return self


class MicrosoftSettings(Section):
    """[microsoft]: how tokens of Microsoft are checked, for callers with `microsoft`."""

    cloud: Literal["global", "gcc-high", "dod", "china"] = Field("global", description="which Microsoft cloud")
    login_url: Url | None = Field(None, description="another host for the keys of the tenants than the cloud's")
    ca: FilePath | None = Field(None, description="a private CA that signed that host's certificate (PEM)")
    hostnames: tuple[HostName, ...] = Field(
        (),
        description="host names that tokens may be meant for, beside that of public_url",
        examples=[["autodiscover.contoso.example"]],
    )
    client_id: Guid = Field(
        EXCHANGE_ONLINE, description="the application Busyline stands for in the audience of a token: Exchange's own"
    )
