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


def faulty(code: str) -> HttpResponse:
    return answered(f"<s:Fault><faultcode>t:{code}</faultcode></s:Fault>", 500)


def test_a_refusal_is_none_to_wait_for() -> None:
    waits: list[float] = []
    with pytest.raises(PeerError, match="ErrorImpersonateUserDenied") as raised:
        run(folders(way(Peer(faulty("ErrorImpersonateUserDenied")), waits).reading("ann@b.example"), as_of=NOW))
    assert (raised.value.reason, waits) == (Reason.UNAUTHORIZED, [])


@pytest.mark.parametrize("passing", [faulty("ErrorInternalServerError"), HttpResponse(500)])
def test_what_may_be_gone_at_the_next_question_is_asked_again(passing: HttpResponse) -> None:
    waits: list[float] = []
    assert run(folders(way(Peer(passing, FOLDERS), waits).reading("ann@b.example"), as_of=NOW)) == []
    assert waits == [1.0]
