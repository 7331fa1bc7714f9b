"""Opens the front that speaks Microsoft Graph's API."""

from typing import Final

from proxy.fronts.graph import GraphFront
from proxy.wiring.house import Fronts, House

GRAPH_PREFIXES: Final = tuple(
    f"/{version}/{whose}" for version in ("v1.0", "beta") for whose in ("me/", "users/", "users(")
)
_CONTEXT: Final = "/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"


def graph_front(house: House) -> Fronts:
    """The beginnings of the paths of /me and of users, as the SDKs have them behind their base URLs."""
    server = house.settings.server
    front = GraphFront(
        entrance=house.entrance,
        desks=house.desks,
        max_body=server.max_body,
        context=server.public_url + _CONTEXT,
        clock=house.clock,
    )
    return Fronts(prefixes=dict.fromkeys(GRAPH_PREFIXES, front))
