"""The way into the mailboxes of an Exchange server."""

from datetime import timedelta

import pytest

from galsync.sides.exchange_way import ExchangeWay
from protocols.errors import PeerError
from protocols.ews.contact_folders import folders
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.galsync.sides.exchange_world import NOW
from tests.protocols.ews.test_operation import answered
from tests.protocols.scripted import Peer, run

URL = "https://mail.b.example/EWS/Exchange.asmx"
FOLDERS = answered(
    '<m:FindFolderResponse><m:ResponseMessages><m:FindFolderResponseMessage ResponseClass="Success"><m:ResponseCode>'
    'NoError</m:ResponseCode><m:RootFolder TotalItemsInView="0" IncludesLastItemInRange="true"><t:Folders/>'
    "</m:RootFolder></m:FindFolderResponseMessage></m:ResponseMessages></m:FindFolderResponse>"
)


def busy(milliseconds: str = "") -> HttpResponse:
    wait = f'<t:MessageXml><t:Value Name="BackOffMilliseconds">{milliseconds}</t:Value></t:MessageXml>'
    detail = f"<detail>{wait if milliseconds else ''}</detail>"
    return answered(f"<s:Fault><faultcode>t:ErrorServerBusy</faultcode>{detail}</s:Fault>", 500)


def way(peer: Peer, waits: list[float]) -> ExchangeWay:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return ExchangeWay(send=peer, url=URL, clock=lambda: NOW, sleep=sleep)


@pytest.mark.parametrize(("milliseconds", "waited"), [("2500", 3.0), ("0", 0.0), ("", 1.0)])
def test_a_reading_waits_as_the_fault_says(milliseconds: str, waited: float) -> None:
    waits: list[float] = []
    peer = Peer(busy(milliseconds), FOLDERS)
    assert run(folders(way(peer, waits).reading("ann@b.example"), as_of=NOW)) == []
    assert waits == [waited]


def test_what_may_change_something_never_waits() -> None:
    waits: list[float] = []
    with pytest.raises(PeerError) as raised:
        run(folders(way(Peer(busy("2500")), waits).into("ann@b.example"), as_of=NOW))
    assert (raised.value.reason, raised.value.retry_after) == (Reason.THROTTLED, timedelta(seconds=2.5))
    assert waits == []


def test_another_fault_is_none_to_wait_for() -> None:
    waits: list[float] = []
    fault = answered("<s:Fault><faultcode>t:ErrorInternalServerError</faultcode></s:Fault>", 500)
    with pytest.raises(PeerError) as raised:
        run(folders(way(Peer(fault), waits).reading("ann@b.example"), as_of=NOW))
    assert (raised.value.reason, waits) == (Reason.PEER_FAILED, [])
