"""[[oidc]]: issuers of bearer tokens that callers may bring, and the proof of a caller by one of them."""

from datetime import timedelta
from typing import Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from service.durations import Duration
from service.words import FilePath, Section, Switch, Url, some

Algorithm: TypeAlias = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_MOST_LEEWAY = timedelta(minutes=5)


def _issuer(text: str) -> str:
    """Kept to the letter: an issuer is compared, and one with a slash at its end is another."""
    parts = urlsplit(text if text.isprintable() else "")
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or parts.scheme not in ({"https", "http"} if local else {"https"}):
        raise ValueError('no https address: write what tokens say in iss, such as "https://login.example.com/tenant"')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an issuer has no user, no ? and no # (OpenID Connect Discovery 3)")
    return text


def _small(leeway: timedelta) -> timedelta:
    if not timedelta() <= leeway <= _MOST_LEEWAY:
        raise ValueError("is too long: write 5m or less, and set the clocks")
    return leeway


Issuer = Annotated[str, AfterValidator(_issuer)]
Claim = Annotated[str, Field(min_length=1, max_length=256)]


class OidcCaller(Section):
    """Tokens of a configured issuer: known by whom they are about, or by the application that asks."""

    issuer: Issuer = Field(
        description="the issuer of one of [[oidc]], to the letter", examples=["https://login.northwind.example/"]
    )
    subjects: tuple[Claim, ...] = Field(
        (), description="values of sub that are this caller", examples=[["service-account-rooms"]]
    )
    clients: tuple[Claim, ...] = Field(
        (),
        description="applications that are this caller, whoever signed in to them: azp, client_id or appid",
        examples=[["rooms-dashboard"]],
    )

    @property
    def issuers(self) -> tuple[str, ...]:
        """The issuer, for whoever compares callers."""
        return (self.issuer,)

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.subjects and not self.clients:
            raise ValueError("write subjects, or clients, or both: an issuer alone proves nobody")
        return self


class OidcSettings(Section):
    """[[oidc]]: an issuer whose bearer tokens are checked here; its keys are found by discovery."""

    issuer: Issuer = Field(
        description="what its tokens say in iss, to the letter", examples=["https://login.northwind.example/"]
    )
    audiences: Annotated[tuple[Claim, ...], AfterValidator(some)] = Field(
        description="what tokens say in aud that are meant for Busyline; one of these",
        examples=[["https://busy.example.com"]],
    )
    jwks_url: Url | None = Field(
        None,
        description="where its keys are; found by /.well-known/openid-configuration where it is left out",
        examples=["https://login.northwind.example/keys"],
    )
    algorithms: Annotated[tuple[Algorithm, ...], AfterValidator(some)] = Field(
        ("RS256", "ES256"), description="how its tokens may be signed; never with a shared secret, never not at all"
    )
    leeway: Annotated[Duration, AfterValidator(_small)] = Field(
        timedelta(seconds=60), description="by how much its clock and ours may differ; 5m at most"
    )
    ca: FilePath | None = Field(None, description="a private CA that signed the certificate of its host (PEM)")
    private_network: Switch = Field(
        False,
        description="its name may lead to an address in a private network; not needed where an IP address is written",
    )
