"""What is asked of Google about groups and members, and what its answers mean."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.google.groups import GONE, TAKEN, Group, Groups, Joined
from protocols.google.writing import STALE, Refusal
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOLD = {"id": "g1", "email": "sales@b.example", "name": "Sales", "description": "N", "etag": '"1"'}
GROUP = Group("g1", Mailbox.parse("sales@b.example"), "Sales", "N", (), '"1"')
LOST = PeerError(Reason.TIMEOUT)


def groups(*answers: HttpResponse | Exception) -> tuple[Groups, Peer]:
    peer = Peer(*answers)
    return Groups(send=peer, api_url="https://a.example"), peer


def error(status: int, reason: str = "x", message: str = "", domain: str = "global") -> HttpResponse:
    told = {"code": status, "message": message, "errors": [{"domain": domain, "reason": reason, "message": message}]}
    return json({"error": told}, status)


def test_the_requests_are_as_google_documents_them() -> None:
    made, peer = groups(json(TOLD), json(TOLD), json({}), HttpResponse(204), HttpResponse(204), HttpResponse(204))
    run(made.insert("sales@b.example", "Sales", "N", as_of=NOW))
    run(made.patch(GROUP, {"name": "S"}, as_of=NOW))
    run(made.join("g1", "ann+x@b.example", as_of=NOW))
    run(made.leave("g1", "ann+x@b.example", as_of=NOW))
    run(made.drop_alias(GROUP, "old@b.example", as_of=NOW))
    run(made.delete(GROUP, as_of=NOW))
    root = "https://a.example/admin/directory/v1/groups"
    assert [(one.method, one.url) for one in peer.requests] == [
        ("POST", root),
        ("PATCH", f"{root}/g1"),
        ("POST", f"{root}/g1/members"),
        ("DELETE", f"{root}/g1/members/ann%2Bx@b.example"),
        ("DELETE", f"{root}/g1/aliases/old@b.example"),
        ("DELETE", f"{root}/g1"),
    ]
    assert [orjson.loads(one.body) for one in peer.requests[:3]] == [
        {"email": "sales@b.example", "name": "Sales", "description": "N"},
        {"name": "S"},
        {"email": "ann+x@b.example", "role": "MEMBER"},
    ]
    assert [one.headers.get("If-Match") for one in peer.requests] == [None, '"1"', None, None, None, '"1"']


def test_a_group_is_read_or_is_not_there_or_nobody_knows() -> None:
    aliases = {"aliases": ["old@b.example", "x", 3]}
    found = run(groups(json({**TOLD, **aliases}))[0].find("g1", as_of=NOW))
    assert found == Group("g1", GROUP.address, "Sales", "N", ("old@b.example",), '"1"')
    assert run(groups(error(404, "notFound"))[0].find("g1", as_of=NOW)) is None
    for answer in (html(404), error(500), json({"email": "x"}), json({"error": {}}), LOST):
        with pytest.raises(PeerError):
            run(groups(answer)[0].find("g1", as_of=NOW))


@pytest.mark.parametrize(
    ("answer", "reason", "doubt", "words"),
    [
        (error(404, "notFound"), Reason.NO_SUCH_MAILBOX, False, "group_address"),
        (error(403, "forbidden"), Reason.NO_ACCESS, False, "group_address"),
        (error(400, "invalid"), Reason.PEER_FAILED, False, "group_address"),
        (error(403, "insufficientPermissions"), Reason.NO_ACCESS, False, ""),
        (error(429, "rateLimitExceeded"), Reason.THROTTLED, False, ""),
        (error(403, "quotaExceeded"), Reason.THROTTLED, False, ""),
        (error(503), Reason.PEER_FAILED, True, ""),
        (html(502), Reason.PEER_FAILED, True, ""),
        (json({"email": "x"}), Reason.INCOMPLETE, True, ""),
        (LOST, Reason.TIMEOUT, True, ""),
    ],
)
def test_a_group_that_was_not_made(answer: Any, reason: Reason, doubt: bool, words: str) -> None:
    told = run(groups(answer)[0].insert("sales@b.example", "Sales", "N", as_of=NOW))
    assert isinstance(told, Refusal)
    assert (told.reason, told.doubt) == (reason, doubt)
    assert ("group_address" in told.words) is bool(words)


def test_refusals_of_a_group_that_stands_there() -> None:
    assert run(groups(error(409, "duplicate"))[0].insert("a@b.example", "A", "", as_of=NOW)) == TAKEN
    for status, refusal in ((404, GONE), (409, TAKEN), (412, STALE)):
        assert run(groups(error(status))[0].patch(GROUP, {}, as_of=NOW)) == refusal
    assert run(groups(error(404, "notFound"))[0].delete(GROUP, as_of=NOW)) is None
    assert run(groups(error(412))[0].delete(GROUP, as_of=NOW)) == STALE
    for method in ("delete", "patch"):
        made, _ = groups(html(404))
        told = run(made.delete(GROUP, as_of=NOW)) if method == "delete" else run(made.patch(GROUP, {}, as_of=NOW))
        assert isinstance(told, Refusal)
        assert told.reason is Reason.GARBLED


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (json({"id": "1"}), Joined.MEMBER),
        (error(409, "duplicate", "Member already exists."), Joined.MEMBER),
        (error(404, "notFound", "Resource Not Found: memberKey"), Joined.NOBODY),
        (error(400, "invalid", "Invalid Input: memberKey"), Joined.NOBODY),
        (error(404, "notFound", "Resource Not Found: groupKey"), GONE),
        (error(412, "conditionNotMet"), Joined.NOT_TAKEN),
        (error(400, "cyclicMembershipsNotAllowed"), Joined.CIRCLE),
    ],
)
def test_what_becomes_of_somebody_who_joins(answer: HttpResponse, told: Joined | Refusal) -> None:
    assert run(groups(answer)[0].join("g1", "ann@b.example", as_of=NOW)) == told


@pytest.mark.parametrize(
    ("answer", "doubt", "again"),
    [
        (error(409, "conflict"), False, True),
        (error(403, "forbidden"), False, False),
        (error(429), False, True),
        (error(500), True, True),
        (html(404), True, False),
        (LOST, True, True),
    ],
)
def test_somebody_who_joins_and_was_not_answered(answer: Any, doubt: bool, again: bool) -> None:
    told = run(groups(answer)[0].join("g1", "ann@b.example", as_of=NOW))
    assert isinstance(told, Refusal)
    assert (told.doubt, told.retry_after is not None) == (doubt, again)


def test_who_leaves_is_gone_and_who_was_gone_is_too() -> None:
    for answer in (HttpResponse(204), error(404, "notFound"), error(400, "invalid")):
        assert run(groups(answer)[0].leave("g1", "ann@b.example", as_of=NOW)) is None
    assert isinstance(run(groups(LOST)[0].leave("g1", "ann@b.example", as_of=NOW)), Refusal)
