"""Opens what Exchange asks, and what Google asks of it: EWS, its schema, and all that tells where it is."""

from collections.abc import Callable
from typing import Final

from protocols.ews.autodiscover.settings import Federation
from protocols.model.mailbox import Mailbox
from proxy.fronts.autodiscover import JSON_PATH, Directions, JsonFront, PoxFront, SettingsFront
from proxy.fronts.echoes import Echoes
from proxy.fronts.ews import EwsFront
from proxy.fronts.schema import SchemaFront
from proxy.server import Front
from proxy.wiring.house import Fronts, House
from routing.patterns import Patterns
from routing.table import RouteTable

EWS_PATH: Final = "/EWS/Exchange.asmx"
POX_PATH: Final = "/autodiscover/autodiscover.xml"
SOAP_PATH: Final = "/autodiscover/autodiscover.svc"
_EWS_PATHS: Final = (EWS_PATH, "/EWS", "/")  # Google posts to whatever address its administrator typed
_SCHEMA_PATHS: Final = ("/EWS/Services.wsdl", "/EWS/messages.xsd", "/EWS/types.xsd")


def exchange_front(house: House, directions: Directions) -> Fronts:
    """The fronts of EWS and of Autodiscover in its three forms."""
    entrance, server = house.entrance, house.settings.server
    schema, json = SchemaFront(server.public_url), JsonFront(directions)
    echoes = Echoes(house.settings.cache.fragments // 3)  # the rest is for the parts of which answers are made
    ews = EwsFront(entrance=entrance, desks=house.desks, schema=schema, max_body=server.max_body, echoes=echoes)
    pox = PoxFront(entrance=entrance, directions=directions, max_body=server.max_body, clock=house.clock)
    soap = SettingsFront(entrance=entrance, directions=directions, max_body=server.max_body)
    paths: dict[str, Front] = {**dict.fromkeys(_EWS_PATHS, ews), **dict.fromkeys(_SCHEMA_PATHS, schema)}
    return Fronts({**paths, POX_PATH: pox, SOAP_PATH: soap, JSON_PATH: json}, {f"{JSON_PATH}/": json})


def directions_to(public_url: str, table: RouteTable, federation: Federation | None) -> Directions:
    """Where the fronts are found, and about which domains they may be asked."""
    return Directions(
        ews_url=public_url + EWS_PATH, pox_url=public_url + POX_PATH, serves=served(table), federation=federation
    )


def served(table: RouteTable) -> Callable[[str], bool]:
    """Whether a domain (A-labels) has a route, or anybody in it has one of their own."""
    patterns = Patterns({route.match.rpartition("@")[2]: True for route in table.routes})
    return lambda domain: patterns.find(Mailbox.parse(f"anybody@{domain}")) is not None
