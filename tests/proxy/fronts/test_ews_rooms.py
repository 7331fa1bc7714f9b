"""Tests of proxy/fronts/ews_rooms.py; whole answers of real clients are in tests/clients."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from protocols.errors import RequestError
from protocols.ews import schema
from protocols.ews.soap import Envelope, read_envelope
from proxy.directories.shelf import RoomShelf, WrittenList
from proxy.fronts.desk import Desk
from proxy.fronts.ews_rooms import room_lists, rooms
from proxy.fronts.record import Record
from proxy.rooms import RoomDesk
from routing.backwards import Backwards
from routing.policy import Policy
from routing.table import RouteTable
from routing.ways import Ways
from tests.contracts.virtual import now, run
from tests.protocols.ews.samples import soap_request
from tests.proxy.directories.scripted import boxes
from tests.proxy.served import Busy

TABLE = RouteTable(())
LISTS = read_envelope(soap_request("<m:GetRoomLists/>"))


def _wanted(address: str) -> Envelope:
    inside = f"<m:RoomList><t:EmailAddress>{address}</t:EmailAddress></m:RoomList>"
    return read_envelope(soap_request(f"<m:GetRooms>{inside}</m:GetRooms>"))


def _desk(*may_ask: str) -> Desk:
    shelf = RoomShelf({}, clock=now, written=(WrittenList("HQ", boxes("hq@b.example")[0], ()),))
    policy, ways = Policy(may_ask=may_ask), Ways(TABLE)
    back = Backwards(TABLE)
    return Desk(
        connector=Busy(),
        rooms=RoomDesk(shelf, policy=policy, ways=ways, backwards=back, deadline=timedelta(seconds=8)),
    )


def _told(operation: Any, envelope: Envelope, desk: Desk) -> str:
    data: bytes = run(operation(envelope, desk, Record(request_id="1")))
    schema.validator().assertValid(etree.fromstring(data))
    return data.decode()


def test_where_no_rooms_are_configured_there_are_no_lists() -> None:
    text = _told(room_lists, LISTS, Desk(connector=Busy()))
    assert "NoError" in text
    assert "<t:Address>" not in text


def test_unknown_and_forbidden_lists_are_the_same_bytes() -> None:
    forbidden = _told(rooms, _wanted("hq@b.example"), _desk("c.example"))
    assert "ErrorNameResolutionNoResults" in forbidden
    assert forbidden == _told(rooms, _wanted("nothing@c.example"), _desk("c.example"))
    assert forbidden == _told(rooms, _wanted("no address"), _desk("c.example"))
    assert forbidden == _told(rooms, _wanted("hq@b.example"), Desk(connector=Busy()))


def test_what_is_offered_is_written() -> None:
    assert "<t:EmailAddress>hq@b.example<" in _told(room_lists, LISTS, _desk("*"))
    assert "<m:Rooms></m:Rooms>" in _told(rooms, _wanted("HQ@b.example"), _desk("*"))


def test_a_request_without_a_list_is_the_callers_error() -> None:
    envelope = read_envelope(soap_request("<m:GetRooms/>"))
    with pytest.raises(RequestError):
        run(rooms(envelope, _desk("*"), Record(request_id="1")))
