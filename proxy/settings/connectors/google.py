"""protocol = "google": Google Workspace."""

from typing import Literal

from pydantic import Field

from proxy.settings.connectors.section import PeerSection
from proxy.settings.words import Subject, Url
from service.secrets import SecretReference


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
