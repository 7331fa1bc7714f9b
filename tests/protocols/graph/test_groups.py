"""Tests of protocols/graph/groups.py."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.graph.groups import members
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://graph.example"
FOUND = json({"value": [{"id": "4/2"}]})


def _members(*answers: HttpResponse, most: int | None = None) -> tuple[list[str] | None, Peer]:
    peer = Peer(*answers)
    found = run(members(peer, Mailbox.parse("o'team@b.example"), api_url=URL, as_of=NOW, most=most))
    return (None if found is None else [one.address for one in found]), peer


def _entry(mail: str | None, kind: str = "user", upn: str | None = None) -> dict[str, object]:
    return {"@odata.type": f"#microsoft.graph.{kind}", "mail": mail, "userPrincipalName": upn}


def test_the_members_of_all_levels_each_once() -> None:
    page = [_entry("Ann@b.example"), _entry(None, upn="bob@b.example"), _entry("sub@b.example", "group")]
    page += [_entry("x@c.example", "orgContact"), _entry("ann@b.example"), _entry(None, "device")]
    found, peer = _members(FOUND, json({"value": page}))
    assert found == ["ann@b.example", "bob@b.example", "x@c.example"]
    asked = parse_qs(urlsplit(peer.requests[0].url).query)
    assert asked["$filter"] == ["mail eq 'o''team@b.example' or proxyAddresses/any(p:p eq 'smtp:o''team@b.example')"]
    assert urlsplit(peer.requests[1].url).path == "/v1.0/groups/4%2F2/transitiveMembers"


def test_what_is_no_group() -> None:
    assert _members(json({"value": []}))[0] is None


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({}, 404)], Reason.PEER_FAILED),
        ([json({"value": [{"id": "1"}, {"id": "2"}]})], Reason.GARBLED),
        ([json({"value": [{}]})], Reason.GARBLED),
        ([FOUND, json({}, 404)], Reason.INCOMPLETE),
        ([FOUND, json({"value": [_entry(None)]})], Reason.INCOMPLETE),
        ([FOUND, json({"value": [_entry("ann", upn="ann")]})], Reason.INCOMPLETE),
        ([FOUND, json({"value": [_entry("a@b.example", "robot")]})], Reason.INCOMPLETE),
        ([FOUND, json({"value": [_entry(f"a{n}@b.example") for n in range(3)]})], Reason.GROUP_TOO_LARGE),
    ],
)
def test_a_list_that_is_not_whole_is_none(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        _members(*answers, most=2)
    assert caught.value.reason is reason


def test_groups_among_the_members_do_not_count() -> None:
    page = [_entry("a@b.example"), *(_entry(None, "group") for _ in range(9)), _entry("b@b.example")]
    assert _members(FOUND, json({"value": page}), most=2)[0] == ["a@b.example", "b@b.example"]
