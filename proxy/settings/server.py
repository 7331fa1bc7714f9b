"""[server] and [cache]: where the proxy listens, how long an answer may take, and how long it is kept."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from proxy import consistency
from proxy.settings.certificate import Certificate
from proxy.settings.words import PublicUrl, Section, some
from service.addresses import Listen, ListenAddress
from service.durations import Duration
from service.sizes import ByteCount


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
