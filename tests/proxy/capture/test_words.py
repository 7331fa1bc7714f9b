"""The lists: every word that we write is on them, and a person's name is on none."""

import pytest

from protocols.ews.query import View
from protocols.ews.tables import BUSY_TYPES, CODES, FAULT_CODES, TEXTS
from protocols.ews.timezones import TimeZonesRequest, encode
from protocols.safexml import local_name, parse
from protocols.zones.names import windows_zone_ids
from proxy.capture.words import ATTRIBUTES, ELEMENTS, JSON, NAMESPACES, PATHS

_PERSONAL = ("Frieda", "frieda.lang@fabrikam.example", "hunter2", "Quarterly figures", "+49 30 1234567", "123456789")


def test_every_word_of_ours_may_be_shown() -> None:
    for code in (*CODES.values(), *FAULT_CODES.values()):
        assert ELEMENTS["ResponseCode"](code)
        assert ELEMENTS["faultcode"](f"a:{code}")
    for text in TEXTS.values():
        assert ELEMENTS["MessageText"](text)
    for word in BUSY_TYPES.values():
        assert ELEMENTS["BusyType"](word)
    for view in View:
        assert ELEMENTS["RequestedView"](view.value)
    for name in windows_zone_ids():
        assert ELEMENTS["Id"](name)
        assert ATTRIBUTES["Id"](name)


def test_all_zones_as_we_write_them_may_be_shown() -> None:
    for element in parse(
        encode(TimeZonesRequest(("GMT Standard Time", "UTC", "Samoa Standard Time"), full=True))
    ).iter():
        for name, value in element.items():
            assert ATTRIBUTES[str(name)](str(value)), (name, value)
        if element.text:
            assert ELEMENTS[local_name(element)](element.text), element.text


@pytest.mark.parametrize("text", _PERSONAL)
def test_nothing_personal_is_on_any_list(text: str) -> None:
    for table in (ELEMENTS, ATTRIBUTES, JSON):
        assert [name for name, test in table.items() if test(text)] == []
    assert not {text, text.lower()} & (NAMESPACES | PATHS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("StartTime", "2026-11-23T00:00:00"),
        ("StartTime", "2026-11-23T00:00:00.0000000+01:00"),
        ("Version", "Exchange2013_SP1"),
        ("RequestType", "CrossForest"),
        ("Id", "tzone://Microsoft/Custom"),
        ("Id", "trule:Microsoft/Registry/W. Europe Standard Time/2006-Daylight"),
        ("Action", "http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings"),
        ("AcceptableResponseSchema", "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"),
        ("Setting", "ExternalEwsUrl"),
        ("DayOfWeek", "Monday Tuesday"),
        ("MergedFreeBusy", "0012345"),
    ],
)
def test_what_the_open_points_need_is_shown(name: str, text: str) -> None:
    assert ELEMENTS[name](text)


@pytest.mark.parametrize("name", ["Action", "Address", "To", "Id"])
def test_behind_a_known_namespace_only_an_operation_is_shown(name: str) -> None:
    for space in (
        "http://schemas.microsoft.com/exchange/services/2006/messages",
        "http://www.w3.org/2005/08/addressing",
    ):
        assert not ELEMENTS[name](f"{space}/FriedaLang")
    assert ELEMENTS[name]("http://www.w3.org/2005/08/addressing/soap/fault")
