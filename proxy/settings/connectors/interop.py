"""protocol = "google-interop": Google's own free/busy service for Exchange, EWS style, by a role account."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from proxy.settings.connectors.section import PeerSection
from service.secrets import SecretReference
from service.words import Address, Url, Whole

AUTODISCOVER_URL: Final = "https://calendar.google.com/Autodiscover/Autodiscover.xml"
_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


def _host(text: str) -> str:
    host = text.lower()
    if not _HOST.fullmatch(host):
        raise ValueError(f'"{text}" is no host: write its name alone, such as "www.google.com"')
    return host


class InteropConnector(PeerSection):
    """Google Workspace by Calendar Interop: no service account, busy times only."""

    protocol: Literal["google-interop"]
    username: Address = Field(
        description="the address of the Google role account", examples=["interop@northwind.example"]
    )
    password: SecretReference = Field(
        description="the secret that Google's admin console made for it", examples=["env:NORTHWIND_INTEROP"]
    )
    autodiscover_url: Url = Field(
        AUTODISCOVER_URL, description="where Google tells the address to ask: POX, or SOAP where it ends in .svc"
    )
    hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = Field(
        ("calendar.google.com", "www.google.com"),
        description="where else than at autodiscover_url's host that address may lie: the secret goes nowhere else",
    )
    concurrency: Whole = Field(10, ge=1, description="calls at once")
