"""[federation]: an Exchange federation trust, by which organisation relationships reach us with WS-Security."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from protocols.model.mailbox import canonical_domain
from service.durations import Duration
from service.words import FilePath, Section, Switch, Url, some

LONGEST_SKEW: Final = timedelta(minutes=15)
"""Of what `clock_skew` may be."""


def _domain(text: str) -> str:
    try:
        return canonical_domain(text)
    except ValueError:
        raise ValueError(f'"{text}" is no domain: write one such as "contoso.example"') from None


def _uri(text: str) -> str:
    if not text or set(text) & set(' \t\r\n<>"'):
        raise ValueError('write the URI as the trust names it, such as "urn:federation:MicrosoftOnline"')
    return text


Domain = Annotated[str, AfterValidator(_domain)]
Uri = Annotated[str, AfterValidator(_uri)]


class FederationCaller(Section):
    """An Exchange organisation that asks through its organisation relationship; needs [federation]."""

    domains: Annotated[tuple[Domain, ...], AfterValidator(some)] = Field(
        description="the caller's domains: every domain that one of its tokens names must be here",
        examples=[["contoso.example"]],
    )


class FederationKey(Section):
    """A certificate of the trust and its private key."""

    chain: FilePath = Field(description="the certificate (PEM)", examples=["federation.pem"])
    key: FilePath = Field(description="its private key (PEM), without a passphrase", examples=["federation-key.pem"])


class FederationIssuer(Section):
    """Who issues the tokens that callers show."""

    uri: Uri = Field(description="TokenIssuerUri of Get-FederationTrust", examples=["urn:federation:MicrosoftOnline"])
    certificates: Annotated[tuple[FilePath, ...], AfterValidator(some)] = Field(
        description="TokenIssuerCertificate and TokenIssuerPrevCertificate (PEM): nothing else signs a token for us",
        examples=[["microsoft-online.pem"]],
    )
    endpoint: Url = Field(
        "https://login.microsoftonline.com/extSTS.srf", description="where callers get their tokens (TokenIssuerEpr)"
    )
    domains: tuple[Domain, ...] = Field(
        (),
        description="the callers' domains that it may vouch for; needed where there are several issuers, else all",
        examples=[["contoso.example"]],
    )


class FederationSettings(Section):
    """[federation]: off unless written. Whoever asks through it is named by a caller with `federation`."""

    application_uri: Uri = Field(
        description="ApplicationUri of the trust: TargetApplicationUri of those who ask, the audience of their tokens",
        examples=["FYDIBOHF25SPDLT.fabrikam.example"],
    )
    domains: Annotated[tuple[Domain, ...], AfterValidator(some)] = Field(
        description="the domains that were federated by this trust", examples=[["fabrikam.example"]]
    )
    current: FederationKey = Field(description="the certificate that the trust uses now (OrgCertificate)")
    next: FederationKey | None = Field(None, description="the one that will follow it (OrgNextCertificate)")
    previous: FederationKey | None = Field(None, description="the one before it (OrgPrevCertificate)")
    issuers: Annotated[tuple[FederationIssuer, ...], AfterValidator(some)] = Field(
        description='whose tokens are believed; with endpoint = "https://…" where callers get them elsewhere'
    )
    clock_skew: Duration = Field(timedelta(minutes=5), description="how far the clocks of others may be off")
    signed: Literal["body", "address", "timestamp"] = Field(
        "body",
        description='what a request\'s signature must cover beside its time; "timestamp" leaves the rest to TLS',
    )
    sha1_tokens: Switch = Field(False, description="believe tokens signed with RSA-SHA1; without it, RSA-SHA256 alone")

    def files(self, directory: Path) -> dict[str, tuple[Path, Path]]:
        """Certificate and key by place ("current", "next", "previous"), as certs.federation loads them."""
        places = {"current": self.current, "next": self.next, "previous": self.previous}
        return {place: (directory / one.chain, directory / one.key) for place, one in places.items() if one}

    @field_validator("clock_skew")
    @classmethod
    def _little(cls, skew: timedelta) -> timedelta:
        if skew > LONGEST_SKEW:
            raise ValueError('at most "15m": a longer one lets old messages in; set the clocks instead')
        return skew

    @model_validator(mode="after")
    def _one_section_per_issuer(self) -> Self:
        uris = [issuer.uri for issuer in self.issuers]
        if len(set(uris)) < len(uris):
            raise ValueError("two issuers have the same uri: write all certificates into one")
        return self
