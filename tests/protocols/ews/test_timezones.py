"""GetServerTimeZones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.soap import read_envelope
from protocols.ews.timezones import TimeZonesRequest, decode, encode
from protocols.ews.zone_context import read_context
from protocols.zones.names import windows_zone_ids, zone_named
from tests.protocols.ews.samples import soap_request, valid


def _asked(inner: str = "", attributes: str = "") -> TimeZonesRequest:
    return decode(read_envelope(soap_request(f"<m:GetServerTimeZones {attributes}>{inner}</m:GetServerTimeZones>")))


def _zones(request: TimeZonesRequest) -> list[etree._Element]:
    return list(valid(encode(request)).iter("{*}TimeZoneDefinition"))


def test_what_is_asked() -> None:
    assert _asked() == TimeZonesRequest(None, True)
    assert _asked("<m:Ids><t:Id> UTC </t:Id></m:Ids>", 'ReturnFullTimeZoneData="false"') == TimeZonesRequest(
        ("UTC",), False
    )


def test_ids_are_honoured_in_any_letter_case_once_and_unknown_ones_left_out() -> None:
    asked = ("utc", "Nowhere", "W. EUROPE Standard Time", "UTC")
    assert [zone.get("Id") for zone in _zones(TimeZonesRequest(asked, True))] == ["UTC", "W. Europe Standard Time"]


def test_without_ids_all_zones() -> None:
    assert [zone.get("Id") for zone in _zones(TimeZonesRequest(None, False))] == list(windows_zone_ids())


def test_threads_may_write_the_same_zones_at_once() -> None:
    request = TimeZonesRequest(windows_zone_ids()[:40], True)
    with ThreadPoolExecutor(4) as threads:
        written = set(threads.map(lambda _: encode(request), range(8)))
    assert written == {encode(request)}


def test_only_full_data_has_periods() -> None:
    (bare,) = _zones(TimeZonesRequest(("UTC",), False))
    (full,) = _zones(TimeZonesRequest(("UTC",), True))
    assert (len(bare), len(full)) == (0, 3)


def test_too_many_ids() -> None:
    with pytest.raises(RequestError) as refused:
        _asked("<m:Ids>" + "<t:Id>x</t:Id>" * 1001 + "</m:Ids>")
    assert refused.value.fault is Fault.TOO_COMPLEX


@pytest.mark.parametrize("year", [2015, 2026])
@pytest.mark.parametrize(
    "name",
    ["W. Europe Standard Time", "Pacific Standard Time", "AUS Eastern Standard Time", "India Standard Time", "UTC"],
)
def test_the_rules_written_are_the_rules_of_the_zone(name: str, year: int) -> None:
    (definition,) = _zones(TimeZonesRequest((name,), True))
    definition.set("Id", "Not Known By Name")
    again, zone = read_context(definition, year), zone_named(name)
    for hours in range(0, 365 * 24, 7):
        instant = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        assert instant.astimezone(again).replace(tzinfo=None) == instant.astimezone(zone).replace(tzinfo=None)
