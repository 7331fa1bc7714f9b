"""Tests of proxy/wiring/directories/exchange.py."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.mailbox import Mailbox
from proxy.directory import NoGroupsError
from proxy.wiring.directories.exchange import ExchangeDirectory
from tests.protocols.scripted import Peer
from tests.proxy.wiring.directories.told import (
    assert_a_group_is_flattened,
    assert_hops_are_told,
    assert_one_list_of_rooms,
)

GROUP, PERSON = (Mailbox.parse(address) for address in ("merger-team@fabrikam.example", "frieda.lang@fabrikam.example"))


async def test_groups_in_circles_are_flattened(tmp_path: Path) -> None:
    await assert_a_group_is_flattened("ews", GROUP, PERSON, tmp_path)


async def test_room_lists_and_their_rooms(tmp_path: Path) -> None:
    rooms = {"room.hudson@fabrikam.example", "room.bronx@fabrikam.example"}
    await assert_one_list_of_rooms("ews", "New York", rooms, PERSON, tmp_path)


async def test_hops_are_told(tmp_path: Path) -> None:
    await assert_hops_are_told("ews", GROUP, tmp_path)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("ErrorInvalidOperation", NoGroupsError), ("ErrorServerBusy", PeerError), ("ErrorInvalidRequest", PeerError)],
)
async def test_a_server_that_knows_no_expand_dl_says_so(fault: str, kind: type[PeerError]) -> None:
    inside = f"<s:Body><s:Fault><faultcode>a:{fault}</faultcode></s:Fault></s:Body>"
    body = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{inside}</s:Envelope>'.encode()
    peer = Peer(HttpResponse(500, body=body))
    directory = ExchangeDirectory(
        lambda _: peer, url="https://mail.example/", impersonate="", clock=lambda: datetime.now(UTC)
    )
    with pytest.raises(PeerError) as caught:
        await directory.members(GROUP)
    assert type(caught.value) is kind
