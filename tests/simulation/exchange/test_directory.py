"""Tests of simulation/exchange/directory.py."""

import pytest
from lxml import etree

from simulation.estate import Estate
from simulation.exchange.directory import OPERATIONS, answer
from simulation.exchange.soap import M, T


def _told(estate: Estate, name: str, inside: str = "") -> str:
    operation = etree.fromstring(f'<m:{name} xmlns:m="{M}" xmlns:t="{T}">{inside}</m:{name}>')
    assert operation.tag in OPERATIONS
    return answer(operation, estate).text or ""


def _named(element: str, address: str) -> str:
    return f"<m:{element}><t:EmailAddress>{address}</t:EmailAddress></m:{element}>"


def test_groups_tell_their_own_level(estate: Estate) -> None:
    text = _told(estate, "ExpandDL", _named("Mailbox", "Merger-Team@fabrikam.example"))
    assert text.count("<t:Mailbox>") == 4
    assert ">PublicDL<" in text
    assert ">Contact<" in text


def test_rooms_are_in_their_list(estate: Estate) -> None:
    assert "new-york-rooms@fabrikam.example" in _told(estate, "GetRoomLists")
    assert _told(estate, "GetRooms", _named("RoomList", "new-york-rooms@fabrikam.example")).count("<t:Room>") == 2


@pytest.mark.parametrize(("name", "element"), [("ExpandDL", "Mailbox"), ("GetRooms", "RoomList")])
def test_what_is_not_there(estate: Estate, name: str, element: str) -> None:
    assert "ErrorNameResolutionNoResults" in _told(estate, name, _named(element, "frieda.lang@fabrikam.example"))
