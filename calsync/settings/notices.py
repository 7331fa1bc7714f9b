"""[hub_notifications]: where servers tell of changes, so that hubs need not wait for their next time."""

from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from service.addresses import Listen, ListenAddress
from service.words import FilePath, PublicUrl, Section, Switch, some

_PLAIN: Final = (
    "servers would call it without TLS: write certificate = { chain = …, key = … }, listen on 127.0.0.1 behind a"
    " reverse proxy, or say behind_proxy = true where that is on another machine"
)
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise ValueError('servers call nothing but HTTPS: write such as "https://hooks.example.com"')
    return url


class NoticeCertificateSettings(Section):
    """A certificate from files, which are watched for new ones."""

    chain: FilePath = Field(
        description="the certificate and its intermediates, of an authority that whoever calls trusts",
        examples=["hooks-chain.pem"],
    )
    key: FilePath = Field(description="the private key, without a passphrase", examples=["hooks-key.pem"])


class NoticesSettings(Section):
    """[hub_notifications]: Google, Microsoft 365 and Exchange Server tell of changes here. Without it hubs run by their
    schedules alone."""

    listen: Annotated[tuple[Listen, ...], AfterValidator(some)] = Field(
        (ListenAddress("127.0.0.1", 8444),), description="where to listen", examples=[["0.0.0.0:8444"]]
    )
    public_url: Annotated[PublicUrl, AfterValidator(_https)] = Field(
        description="what these servers reach it by, at /hooks/…; an inside address will do where Exchange alone calls",
        examples=["https://hooks.example.com"],
    )
    certificate: NoticeCertificateSettings | None = Field(
        None, description="how it proves who it is; left out where a reverse proxy in front does"
    )
    behind_proxy: Switch = Field(
        False, description="a reverse proxy on another machine ends TLS, and nobody else reaches listen"
    )

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> Self:
        if self.certificate is None and not self.behind_proxy and not all(each.is_loopback for each in self.listen):
            raise ValueError(_PLAIN)
        return self
