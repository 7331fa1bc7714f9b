"""[server] and [cache]: where the proxy listens, how long an answer may take, and how long it is kept."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from proxy import consistency
from proxy.settings.certificate import Certificate, CertificateAcme
from service.addresses import Listen, ListenAddress, Network
from service.durations import Duration, Pause
from service.sizes import ByteCount
from service.words import PublicUrl, Section, Whole, some

_LONGEST_STALE = timedelta(days=1)


class ServerSettings(Section):
    """[server]: where the proxy listens and how long an answer may take."""

    listen: Annotated[tuple[Listen, ...], AfterValidator(some)] = Field(
        (ListenAddress("127.0.0.1", 8443),), description="where to listen", examples=[["0.0.0.0:443"]]
    )
    public_url: PublicUrl = Field(
        description="what callers reach Busyline by; Autodiscover hands it out, whatever Host a request names",
        examples=["https://busy.example.com"],
    )
    deadline: Duration = Field(timedelta(seconds=8), description="an answer goes out after this long, whole or partial")
    queue: Duration = Field(
        timedelta(seconds=2),
        description="a request whose turn has not come after this long is refused: 503, and when to ask again",
    )
    max_body: ByteCount = Field(1024 * 1024, description="the largest request, after decompression")
    connections: Whole = Field(4096, ge=1, description="how many connections are open at once; the next is closed")
    connections_per_address: Whole = Field(
        512, ge=1, description="the same from one address (IPv6: one /64); trusted_proxies may open all"
    )
    head_timeout: Duration = Field(
        timedelta(seconds=15), description="how long the TLS handshake, and a request's line and headers, may take"
    )
    body_timeout: Duration = Field(
        timedelta(seconds=30), description="how long a request's body may take, and the caller to take the answer"
    )
    trusted_proxies: tuple[Network, ...] = Field(
        (),
        description="reverse proxies in front: X-Forwarded-For is believed from these addresses and CIDRs alone",
        examples=[["10.0.0.5"]],
    )
    plain_listen: tuple[Listen, ...] = Field(
        (),
        description="where plain HTTP answers the questions of an ACME authority, and nothing else; [] for nowhere",
        examples=[["0.0.0.0:80"]],
    )
    metrics_listen: tuple[Listen, ...] = Field(
        (ListenAddress("127.0.0.1", 9464),), description="where /metrics is served; [] for nowhere"
    )
    ready_days: Whole = Field(
        0, ge=0, description="/readyz says 503 when the certificate holds for fewer days; 0: once it has expired"
    )
    drain: Pause = Field(
        timedelta(),
        description='how long a node that is told to stop still answers, its /readyz 503; "0s" where none balances',
        examples=["10s"],
    )
    workers: Whole = Field(
        1, ge=1, le=256, description="how many processes serve, one per core; above 1 a parent watches over them"
    )
    certificate: Certificate = Field(description="how the proxy proves who it is")

    @model_validator(mode="after")
    def _https_needs_a_certificate(self) -> Self:
        consistency.check_scheme(self.public_url, self.certificate.kind)
        if isinstance(self.certificate, CertificateAcme):
            consistency.check_acme(self.public_url, self.certificate.names, self.plain_listen)
        return self


def _not_for_long(length: timedelta) -> timedelta:
    if length > _LONGEST_STALE:
        raise ValueError('calendars change: write a day at most, for example "10m"')
    return length


class CacheSettings(Section):
    """[cache]: how long an answer is kept, and how many."""

    ttl: Duration = Field(timedelta(seconds=60), description="how old a cached answer may be")
    negative_ttl: Duration = Field(timedelta(seconds=30), description='how long "no such mailbox" is remembered')
    mailboxes: Whole = Field(100_000, ge=0, description="how many answers are kept; 0 keeps none")
    memory: ByteCount = Field(536_870_912, description="how much memory the kept answers may take")
    refresh_asks: Whole = Field(
        2,
        ge=0,
        description="an answer asked for this often in the last fifth of its life is fetched anew behind; 0: never",
    )
    stale_if_error: Annotated[Pause, AfterValidator(_not_for_long)] = Field(
        timedelta(),
        description="how long after its life an answer still says who was busy, while the other side cannot be asked;"
        ' what was free is then unknown; "0s": not at all',
        examples=["10m"],
    )
    fragments: ByteCount = Field(268_435_456, description="how much of what was rendered is kept beside them")
