"""The proxy's part of the configuration: what may be written, what it means, and which narrow default it has."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from protocols.model.freebusy import Detail
from protocols.model.mailbox import canonical, canonical_domain
from proxy import consistency
from service.addresses import Listen, ListenAddress
from service.durations import Duration
from service.secrets import SecretReference
from service.sizes import ByteCount

T = TypeVar("T")


def _url(text: str) -> str:
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or parts.scheme not in ({"https", "http"} if local else {"https"}):
        raise ValueError('not an https address: write for example "https://mail.example.com/EWS/Exchange.asmx"')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address here has no user, no ? and no #: write those nowhere but in their own keys")
    return text.rstrip("/")


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError('write scheme and host alone, such as "https://busy.example.com"')
    if parts.username or parts.query or parts.fragment:
        raise ValueError('write scheme and host alone, such as "https://busy.example.com"')
    return text.rstrip("/")


def _mailbox(text: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        raise ValueError(f'"{text}" is no address: write one such as "fb1@contoso.example"') from None


def _subject(text: str) -> str:
    if text == "target":
        return text
    try:
        return canonical(text)
    except ValueError:
        raise ValueError(f'"{text}" is no address: write the address to act as, or "target"') from None


def _pattern(text: str) -> str:
    """An address, a domain or ``*.domain``, in its canonical spelling."""
    try:
        if "@" in text:
            return canonical(text)
        if text.startswith("*."):
            return "*." + canonical_domain(text[2:])
        return canonical_domain(text)
    except ValueError:
        raise ValueError(f'"{text}" matches nothing: write an address, a domain, or "*.domain"') from None


def _room_pattern(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not (at and local and domain) or set(" \t[]") & set(text):
        raise ValueError(f'"{text}" matches no address: write an address, with * for any part: "*@rooms.example.com"')
    return text.lower()


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:  # said here, because a length would be found too short as well where an entry is wrong
        raise ValueError("write at least one")
    return values


def _rewrite(text: str) -> str:
    if "@" not in text or {"{", "}"} & set(text.replace("{local}", "").replace("{domain}", "")):
        raise ValueError(f'"{text}" is no template: write for example "{{local}}@g.northwind.example"')
    _mailbox(text.replace("{local}", "someone").replace("{domain}", "example.com"))
    return text


Url = Annotated[str, AfterValidator(_url)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Address = Annotated[str, AfterValidator(_mailbox)]
Subject = Annotated[str, AfterValidator(_subject)]
Pattern = Annotated[str, AfterValidator(_pattern)]
MayAsk = Annotated[str, AfterValidator(lambda text: text if text == "*" else _pattern(text))]
RoomPattern = Annotated[str, AfterValidator(_room_pattern)]
Rewrite = Annotated[str, AfterValidator(_rewrite)]


class Section(BaseModel):
    """A section of the configuration: unknown keys are errors, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)


class CertificateFiles(Section):
    """A certificate from files: the leaf first, then every intermediate."""

    kind: Literal["files"] = Field(description="certificate and key lie in PEM files")
    chain: Path = Field(description="the certificate and its intermediates", examples=["busyline-chain.pem"])
    key: Path = Field(description="the private key, without a passphrase", examples=["busyline-key.pem"])


class CertificateFirstRun(Section):
    """A certificate that Busyline issues itself on the first run, for trying out and for machines that trust its CA."""

    kind: Literal["first-run"] = Field(description="Busyline issues its own certificate on the first run")
    directory: Path = Field(description="where CA, certificate and keys are kept", examples=["certificates"])


class CertificateNone(Section):
    """Plain HTTP: on loopback, or behind a proxy that ends TLS."""

    kind: Literal["none"] = Field(description="plain HTTP, for a proxy in front that ends TLS")


Certificate: TypeAlias = Annotated[
    CertificateFiles | CertificateFirstRun | CertificateNone, Field(discriminator="kind")
]


class ServerSettings(Section):
    """[server]: where the proxy listens and how long an answer may take."""

    listen: Annotated[tuple[Listen, ...], AfterValidator(_some)] = Field(
        (ListenAddress("127.0.0.1", 8443),), description="where to listen", examples=[["0.0.0.0:443"]]
    )
    public_url: PublicUrl = Field(
        description="what callers reach Busyline by; Autodiscover hands it out, whatever Host a request names",
        examples=["https://busy.example.com"],
    )
    deadline: Duration = Field(timedelta(seconds=8), description="an answer goes out after this long, whole or partial")
    max_body: ByteCount = Field(1024 * 1024, description="the largest request, after decompression")
    metrics_listen: tuple[Listen, ...] = Field(
        (ListenAddress("127.0.0.1", 9464),), description="where /metrics is served; [] for nowhere"
    )
    certificate: Certificate = Field(description="how the proxy proves who it is")

    @model_validator(mode="after")
    def _https_needs_a_certificate(self) -> Self:
        consistency.check_scheme(self.public_url, self.certificate.kind)
        return self


class CacheSettings(Section):
    """[cache]: how long an answer is kept, and how many."""

    ttl: Duration = Field(timedelta(seconds=60), description="how old a cached answer may be")
    negative_ttl: Duration = Field(timedelta(seconds=30), description='how long "no such mailbox" is remembered')
    mailboxes: int = Field(100_000, ge=0, description="how many answers are kept; 0 keeps none")
    memory: ByteCount = Field(536_870_912, description="how much memory the kept answers may take")
    fragments: ByteCount = Field(134_217_728, description="how much of what was rendered is kept beside them")


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
    anchors: Annotated[tuple[Address, ...], AfterValidator(_some)] = Field(
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


class RouteSettings(Section):
    """[[routes]]: which connector answers for whom; the most particular match wins: address, domain, *.domain."""

    match: Pattern = Field(description='an address, a domain, or "*.domain"', examples=["northwind.example"])
    via: str = Field(description="the name of a connector", examples=["northwind"])
    rewrite: Rewrite | None = Field(
        None,
        description="the address the connector knows; {local} and {domain} are those asked for",
        examples=["{local}@g.northwind.example"],
    )
    rooms: bool = Field(False, description="every mailbox of this route is a room, as those are that [rooms] names")


class BasicCaller(Section):
    """User names that share one password."""

    usernames: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], AfterValidator(_some)] = Field(
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


class RoomsSettings(Section):
    """[rooms]: which mailboxes are rooms."""

    match: tuple[RoomPattern, ...] = Field(
        ("*@resource.calendar.google.com",),
        description="addresses, with * for any part; nothing but this and a route's rooms tells rooms from people",
    )


class ProxySettings(Section):
    """Everything the free/busy server needs to know."""

    server: ServerSettings
    cache: CacheSettings = CacheSettings()
    connectors: dict[str, ConnectorSettings] = Field(default_factory=dict, description="one per calendar system")
    routes: tuple[RouteSettings, ...] = ()
    callers: tuple[CallerSettings, ...] = ()
    rooms: RoomsSettings = RoomsSettings()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        consistency.check_names(self.connectors, self.routes, self.callers)
        return self
