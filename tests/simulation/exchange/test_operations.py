"""Time zones come with the rules that clients build on, and only those asked for."""

from lxml import etree

from tests.simulation.exchange.asking import Asker

REQUEST = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body></s:Envelope>"""


async def zones(asker: Asker, ids: str, full: str = "true") -> etree._Element:
    request = f'<m:GetServerTimeZones ReturnFullTimeZoneData="{full}">{ids}</m:GetServerTimeZones>'
    _, _, body = await asker.post(REQUEST.format(request).encode())
    return etree.fromstring(body)


async def test_a_zone_with_its_rules(asker: Asker) -> None:
    ids = "<m:Ids><t:Id>w. europe standard time</t:Id><t:Id>Nowhere</t:Id></m:Ids>"
    root = await zones(asker, ids)
    (zone,) = root.iter("{*}TimeZoneDefinition")
    assert zone.get("Id") == "W. Europe Standard Time"
    assert [(p.get("Name"), p.get("Bias")) for p in zone.iter("{*}Period")] == [
        ("Standard", "-PT60M"),
        ("Daylight", "-PT120M"),
    ]
    changes = [(c.findtext("{*}Month"), c.findtext("{*}Occurrence")) for c in zone.iter("{*}RecurringDayTransition")]
    assert changes == [("3", "-1"), ("10", "-1")]


async def test_all_zones_without_their_rules(asker: Asker) -> None:
    root = await zones(asker, "", full="false")
    assert sum(1 for _ in root.iter("{*}TimeZoneDefinition")) > 100
    assert next(root.iter("{*}Period"), None) is None


async def test_no_identifier_can_be_converted(asker: Asker) -> None:
    source = '<t:AlternateId Id="DUMMY" Format="EwsId" Mailbox="DUMMY"/>'
    request = f'<m:ConvertId DestinationFormat="EntryId"><m:SourceIds>{source}</m:SourceIds></m:ConvertId>'
    _, _, body = await asker.post(REQUEST.format(request).encode())
    assert [code.text for code in etree.fromstring(body).iter("{*}ResponseCode")] == ["ErrorInvalidIdMalformed"]
