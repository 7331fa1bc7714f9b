"""[connectors.…]: the calendar systems that are asked, and how Busyline proves itself to each."""

from typing import Annotated, TypeAlias

from pydantic import Field

from proxy.settings.connectors.caldav import CaldavConnector
from proxy.settings.connectors.ews import EwsConnector
from proxy.settings.connectors.google import GoogleConnector
from proxy.settings.connectors.graph import GraphConnector
from proxy.settings.connectors.ical import IcalConnector
from proxy.settings.connectors.interop import InteropConnector
from proxy.settings.connectors.provider import ProviderConnector
from proxy.settings.connectors.section import PeerSection

__all__ = [
    "CaldavConnector",
    "ConnectorSettings",
    "EwsConnector",
    "GoogleConnector",
    "GraphConnector",
    "IcalConnector",
    "InteropConnector",
    "PeerSection",
    "ProviderConnector",
]

ConnectorSettings: TypeAlias = Annotated[
    GraphConnector
    | GoogleConnector
    | EwsConnector
    | CaldavConnector
    | IcalConnector
    | InteropConnector
    | ProviderConnector,
    Field(discriminator="protocol"),
]
