"""Tests of protocols/ews/rooms.py."""

import pytest
from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.operations import ROOM_LISTS, ROOMS
from protocols.ews.rooms import decode_rooms, encode_failure, encode_room_lists, encode_rooms
from protocols.ews.schema import validator
from protocols.ews.soap import read_envelope
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import NoRooms, Room, RoomList
from tests.protocols.ews.samples import soap_request

NAMES = {"t": "http://schemas.microsoft.com/exchange/services/2006/types"}


def _asked(inside: str) -> Mailbox | None:
    return decode_rooms(read_envelope(soap_request(f"<m:GetRooms>{inside}</m:GetRooms>")))


@pytest.mark.parametrize(
    ("inside", "address"),
    [
        ("<t:EmailAddress>HQ@b.example</t:EmailAddress>", "hq@b.example"),
        ("<t:Name>x</t:Name><t:EmailAddress>hq@b.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType>", None),
        ("<t:EmailAddress>/o=first/cn=hq</t:EmailAddress><t:RoutingType>EX</t:RoutingType>", ""),
        ("<t:EmailAddress>no address</t:EmailAddress>", ""),
    ],
)
def test_which_list_is_asked_for(inside: str, address: str | None) -> None:
    found = _asked(f"<m:RoomList>{inside}</m:RoomList>")
    assert (found.address if found else "") == (address if address is not None else "hq@b.example")


@pytest.mark.parametrize("inside", ["", "<m:RoomList/>", "<m:RoomList><t:Name>HQ</t:Name></m:RoomList>"])
def test_a_request_that_names_no_list(inside: str) -> None:
    with pytest.raises(RequestError) as caught:
        _asked(inside)
    assert caught.value.fault is Fault.MISSING_ARGUMENT


def test_answers_fit_the_schema_and_are_read_back() -> None:
    ganges, elbe = Mailbox.parse("c_1@b.example"), Mailbox.parse("elbe@b.example")
    lists = encode_room_lists([RoomList('<Berlin> & "all"', elbe), RoomList("Sydney", ganges)])
    rooms = encode_rooms([Room("Ganges\x00", ganges, "Kolkata", 8), Room("Elbe", elbe)])
    for data, names in ((lists, ['<Berlin> & "all"', "Sydney"]), (rooms, ["Ganges", "Elbe"])):
        root = etree.fromstring(data)
        validator().assertValid(root)
        assert [each.text for each in root.iter(f"{{{NAMES['t']}}}Name")] == names
    for data in (encode_room_lists([]), encode_rooms([])):
        validator().assertValid(etree.fromstring(data))


@pytest.mark.parametrize("failure", NoRooms)
@pytest.mark.parametrize("operation", [ROOM_LISTS, ROOMS])
def test_failures_fit_the_schema(failure: NoRooms, operation: str) -> None:
    root = etree.fromstring(encode_failure(operation, failure))
    validator().assertValid(root)
    assert root[-1][0].get("ResponseClass") == "Error"
