"""[[callers]]: who may ask, how they prove it, about whom, how much they see, and how they like their answers."""

import re
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from protocols.model.freebusy import Detail
from protocols.model.mailbox import canonical, canonical_domain
from proxy import consistency
from proxy.auth.presets import PRESETS
from proxy.settings.federation import FederationCaller
from proxy.settings.oidc import OidcCaller
from proxy.settings.tokens import MicrosoftCaller, OAuthCaller
from service.addresses import parse_narrow_network
from service.durations import Duration
from service.secrets import SecretReference
from service.words import FilePath, MayAsk, Number, Section, Switch, Whole, some

_PIN: Final = re.compile(r"sha256:([0-9a-f]{64})")


def _certificate_name(text: str) -> str:
    """A DNS name, a URI or an e-mail address, as a certificate's subject alternative names spell it."""
    try:
        if "://" in text or text.lower().startswith("urn:"):
            scheme, colon, rest = text.partition(":")
            return scheme.lower() + colon + rest  # RFC 3986 6.2.2.1, as certificates are read too
        return canonical(text).lower() if "@" in text else canonical_domain(text).lower()
    except ValueError:
        raise ValueError(f'"{text}" is no name in a certificate: write a DNS name, a URI or an address') from None


def _username(text: str) -> str:
    if ":" in text:
        raise ValueError(f'"{text}" holds a colon, which Basic cannot send in a user name (RFC 7617 2): write another')
    return text


def _pin(text: str) -> str:
    written = text.lower().replace(":", "").replace("sha256", "sha256:", 1)  # tools put colons between the bytes
    if not _PIN.fullmatch(written):
        raise ValueError('not a pin: write "sha256:" and the 64 hexadecimal digits of the public key\'s digest')
    return written


def _network(text: str) -> str:
    if text in PRESETS:
        return text
    if re.fullmatch(r"[A-Za-z-]*[g-zG-Z-][A-Za-z-]*", text):
        raise ValueError(f'there is no preset "{text}": write a CIDR, or one of {", ".join(sorted(PRESETS))}')
    return str(parse_narrow_network(text, "leave networks out where the caller may come from anywhere"))


UserName: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_username)]


class BasicCaller(Section):
    """User names that share one password."""

    usernames: Annotated[tuple[UserName, ...], AfterValidator(some)] = Field(
        description="every name the caller signs in with; Google wants an address",
        examples=[["interop@northwind.example"]],
    )
    password: SecretReference = Field(
        description="what `busyline hash-password` printed, never the password itself", examples=["file:interop.hash"]
    )


class CertificateCaller(Section):
    """A client certificate that TLS verified: known by a subject alternative name, or by the pin of its public key."""

    names: tuple[Annotated[str, AfterValidator(_certificate_name)], ...] = Field(
        (),
        description="DNS names, URIs or e-mail addresses, one of which the certificate must have; not its CN",
        examples=[["exchange.contoso.example"]],
    )
    pins: tuple[Annotated[str, AfterValidator(_pin)], ...] = Field(
        (),
        description='"sha256:" and the digest of the public key (SubjectPublicKeyInfo), whatever its certificate says',
        examples=[["sha256:" + "0" * 64]],
    )
    ca: FilePath = Field(
        description="the authority that signs these certificates, and its intermediates (PEM); no other's are believed",
        examples=["contoso-ca.pem"],
    )

    @model_validator(mode="after")
    def _something_to_know_it_by(self) -> Self:
        if not self.names and not self.pins:
            raise ValueError("write names, or pins, or both: an authority alone proves nobody")
        return self


class CallerSettings(Section):
    """[[callers]]: who may ask, about whom, and how much they see. Each proves itself in one way or several."""

    name: str = Field(min_length=1, description="for logs and metrics", examples=["northwind-google-interop"])
    organisation: str = Field("", description="whose system it is, for people to read")
    basic: BasicCaller | None = Field(None, description="the caller signs in with a user name and a password")
    oauth: OAuthCaller | None = Field(None, description="the caller fetches tokens here, with a client id and a secret")
    microsoft: MicrosoftCaller | None = Field(None, description="the caller shows tokens that Microsoft issued")
    oidc: OidcCaller | None = Field(None, description="the caller shows tokens of an issuer of [[oidc]]")
    federation: FederationCaller | None = Field(None, description="the caller's requests are signed: WS-Security")
    certificate: CertificateCaller | None = Field(None, description="the caller shows a client certificate")
    networks: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (),
        description="where the caller may come from, beside its proof: CIDRs and presets; [] for anywhere",
        examples=[["google-calendar-interop", "203.0.113.0/24"]],
    )
    rate: Number = Field(
        100,
        ge=0.1,
        allow_inf_nan=False,
        description="requests a second, by each worker's count; four times as many at once are let through",
    )
    weight: Number = Field(
        1,
        ge=0.01,
        le=100,
        allow_inf_nan=False,
        description="its share, beside the others', wherever more is asked than can be answered; 2 is twice that of 1",
    )
    people_per_hour: Whole = Field(
        2000, ge=0, description="an alert is counted where the caller asks about more people in an hour; 0 for never"
    )
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
    always_events: Switch = Field(False, description="events even for the merged view; Google reads events")
    times: Literal["naive", "offset"] = Field("naive", description="times without or with their UTC offset")
    mailtips: Switch = Field(
        False,
        description="GetMailTips gives the automatic replies that outsiders get, of connectors with automatic_replies",
    )
    deadline: Duration | None = Field(None, description="another deadline than [server]'s")

    @model_validator(mode="after")
    def _proves_itself(self) -> Self:
        if all(getattr(self, proof) is None for proof in consistency.PROOFS):
            raise ValueError(
                "nothing here proves who the caller is: write basic, oauth, microsoft, oidc, federation or certificate"
            )
        return self
