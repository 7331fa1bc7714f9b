"""Where Exchange and Google find EWS, and about which domains they are told anything."""

from pathlib import Path

from proxy.fronts.autodiscover import JSON_PATH
from proxy.wiring.exchange_front import EWS_PATH, POX_PATH, SOAP_PATH, directions_to, served
from routing.table import Route, RouteTable
from tests.proxy.served import serving

_TABLE = RouteTable(Route(match=match, via=("x",)) for match in ("a.example", "*.b.example", "ann@c.example"))


def test_a_domain_is_served_where_anybody_in_it_has_a_route() -> None:
    serves = served(_TABLE)
    domains = ("a.example", "x.b.example", "c.example", "b.example", "d.example")
    assert [serves(domain) for domain in domains] == [True, True, True, False, False]


def test_directions_lead_to_the_public_address() -> None:
    told = directions_to("https://busyline.example.com", _TABLE, None)
    assert told.ews_url == "https://busyline.example.com/EWS/Exchange.asmx"
    assert told.pox_url == "https://busyline.example.com/autodiscover/autodiscover.xml"
    assert told.serves("a.example")
    assert told.federation is None


async def test_every_path_is_served_as_it_is_typed(tmp_path: Path) -> None:
    typed = {EWS_PATH, "/EWS", "/", "/EWS/Services.wsdl", "/EWS/messages.xsd", "/EWS/types.xsd"}
    async with serving(tmp_path) as proxy:
        served_now = {path.lower() for path in proxy.paths}
    assert {path.lower() for path in typed | {POX_PATH, SOAP_PATH, JSON_PATH}} <= served_now
