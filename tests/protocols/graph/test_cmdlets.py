"""Cmdlets over HTTP: what is posted, page by page, and what an answer that is not whole becomes."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.clouds import CLOUDS
from protocols.graph.cmdlets import UNDOCUMENTED, URLS, Cmdlet, Endpoint, called, changed_values, pages
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENDPOINT = Endpoint(api_url="https://outlook.office365.com/", tenant="contoso.onmicrosoft.com")
URL = "https://outlook.office365.com/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand"
GET = Cmdlet("Get-MailContact", {"ResultSize": "Unlimited"}, ("Guid", "Name"))
NEXT = f"{URL}?$skiptoken=x"


def _called(cmdlet: Cmdlet, *answers: HttpResponse | Exception) -> tuple[list[dict[str, Any]] | PeerError, Peer]:
    peer = Peer(*answers)
    return run(called(peer, ENDPOINT, cmdlet, as_of=NOW)), peer


def test_it_is_called_undocumented_and_every_cloud_has_its_host() -> None:
    assert "undocumented" in UNDOCUMENTED
    assert URLS.keys() == CLOUDS.keys()


def test_a_cmdlet_is_posted_with_its_parameters() -> None:
    told, peer = _called(GET, json({"value": [{"Guid": "1"}]}))
    [request] = peer.requests
    assert told == [{"Guid": "1"}]
    assert (request.method, request.url) == ("POST", f"{URL}?$select=Guid,Name")
    assert request.headers.get("X-CmdletName") == "Get-MailContact"
    assert request.headers.get("Prefer") == "odata.maxpagesize=1000"
    assert request.headers.get("X-AnchorMailbox", "").startswith("UPN:SystemMailbox{")
    assert request.headers.get("X-AnchorMailbox", "").endswith("@contoso.onmicrosoft.com")
    assert orjson.loads(request.body) == {
        "CmdletInput": {"CmdletName": "Get-MailContact", "Parameters": {"ResultSize": "Unlimited"}}
    }


def test_a_tenant_stays_one_segment_and_a_password_is_not_shown() -> None:
    assert Endpoint(api_url="https://x.example", tenant="a/../b?c").url == (
        "https://x.example/adminapi/beta/a%2F..%2Fb%3Fc/InvokeCommand"
    )
    assert "hunter2" not in repr(Cmdlet("New-MailUser", {"Password": "hunter2"}))


def test_pages_are_posted_anew_with_the_same_body() -> None:
    told, peer = _called(GET, json({"value": [{"n": 1}], "@odata.nextLink": NEXT}), json({"value": [{"n": 2}]}))
    assert told == [{"n": 1}, {"n": 2}]
    assert [request.url for request in peer.requests] == [f"{URL}?$select=Guid,Name", NEXT]
    assert peer.requests[0].body == peer.requests[1].body


@pytest.mark.parametrize(
    "following", ["https://elsewhere.example/x", "http://outlook.office365.com/x", f"{URL}?$select=Guid,Name", 7, ""]
)
def test_a_page_that_lies_elsewhere_or_leads_back_is_not_fetched(following: object) -> None:
    told, peer = _called(GET, json({"value": [], "@odata.nextLink": following}))
    assert isinstance(told, PeerError)
    assert told.reason is Reason.GARBLED
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"error": {}}, 500), Reason.INCOMPLETE),
        (json({"error": {}}, 429, Retry_After="7"), Reason.THROTTLED),
        (json({"value": 3}), Reason.INCOMPLETE),
        (HttpResponse(200, body=b'{"value": [{'), Reason.INCOMPLETE),
    ],
)
def test_a_later_page_that_does_not_come_spoils_all(answer: HttpResponse, reason: Reason) -> None:
    told, _ = _called(GET, json({"value": [{"n": 1}], "@odata.nextLink": NEXT}), answer)
    assert isinstance(told, PeerError)
    assert told.reason is reason
    assert "a later page" in told.detail


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (html(), Reason.GARBLED),
        (html(404), Reason.GARBLED),
        (json([]), Reason.GARBLED),
        (json({"value": [1]}), Reason.GARBLED),
        (HttpResponse(200), Reason.GARBLED),
        (HttpResponse(401), Reason.UNAUTHORIZED),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT),
    ],
)
def test_what_is_no_answer_is_a_failure(answer: HttpResponse | Exception, reason: Reason) -> None:
    told, _ = _called(GET, answer)
    assert isinstance(told, PeerError)
    assert told.reason is reason


def test_what_writes_may_say_nothing() -> None:
    assert _called(Cmdlet("Set-Contact"), HttpResponse(204))[0] == []


def test_pages_come_one_by_one() -> None:
    async def first(peer: Peer) -> list[dict[str, Any]]:
        async for page in pages(peer, ENDPOINT, GET, as_of=NOW):
            return page
        return []

    peer = Peer(json({"value": [{"n": 1}], "@odata.nextLink": NEXT}))
    assert run(first(peer)) == [{"n": 1}]


def test_values_come_and_go() -> None:
    assert changed_values(["smtp:a@b.example"], ["x"]) == {
        "@odata.type": "#Exchange.GenericHashTable",
        "add": ["smtp:a@b.example"],
        "remove": ["x"],
    }
    assert "add" not in changed_values(remove=["x"])
