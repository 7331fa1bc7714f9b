"""The feed of shared contacts: every page or an error, and one result for every operation of a batch."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from protocols.errors import PeerError
from protocols.google import contact_entry
from protocols.google.shared_contacts import (
    API_URL,
    CUT_AT,
    PAGE,
    Act,
    Operation,
    Result,
    SharedContact,
    batch,
    contacts,
)
from protocols.google.writing import STALE, Refusal
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.safexml import parse
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, html, run

HEAD = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:gd='http://schemas.google.com/g/2005' "
    "xmlns:batch='http://schemas.google.com/gdata/batch' xmlns:s='http://a9.com/-/spec/{search}'>"
)
NEW, OLD = "opensearch/1.1/", "opensearchrss/1.0/"


def entry(key: str, more: str = "") -> str:
    return f"<entry gd:etag='\"{key}.\"'><id>http://www.google.com/m8/feeds/contacts/b.example/base/{key}</id>{more}</entry>"


def page(total: int, start: int, *entries: str, search: str = NEW) -> HttpResponse:
    counts = f"<s:totalResults>{total}</s:totalResults><s:startIndex>{start}</s:startIndex>"
    return HttpResponse(200, body=f"{HEAD.format(search=search)}{counts}{''.join(entries)}</feed>".encode())


def read(*answers: HttpResponse | Exception, since: datetime | None = None) -> tuple[list[SharedContact], Peer]:
    peer = Peer(*answers)

    async def everything() -> list[SharedContact]:
        return [one async for some in contacts(peer, "b.example", since=since, as_of=NOW) for one in some]

    return run(everything()), peer


@pytest.mark.parametrize("search", [NEW, OLD])
def test_every_page_in_the_order_of_changes(search: str) -> None:
    two = page(3, 1, entry("a"), entry("b"), search=search)
    found, peer = read(two, page(3, 3, entry("c", "<gd:deleted/>"), search=search))
    assert [(one.key, one.etag, one.gone) for one in found] == [
        ("a", '"a."', False),
        ("b", '"b."', False),
        ("c", '"c."', True),
    ]
    first, second = (urlsplit(request.url) for request in peer.requests)
    assert f"{first.scheme}://{first.netloc}{first.path}" == f"{API_URL}/m8/feeds/contacts/b.example/full"
    assert parse_qs(first.query) == {
        "max-results": [str(PAGE)],
        "start-index": ["1"],
        "orderby": ["lastmodified"],
        "sortorder": ["ascending"],
    }
    assert parse_qs(second.query)["start-index"] == ["3"]
    assert {request.headers["GData-Version"] for request in peer.requests} == {"3.0"}


def test_what_changed_since() -> None:
    found, peer = read(page(0, 1), since=NOW + timedelta(milliseconds=5))
    assert found == []
    query = parse_qs(urlsplit(peer.requests[0].url).query)
    assert (query["updated-min"], query["showdeleted"]) == (["2026-11-20T08:00:00Z"], ["true"])


WHOLE = page(1, 1, entry("a"))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([html(403)], Reason.NO_ACCESS),
        ([page(2, 1, entry("a")), html(503)], Reason.INCOMPLETE),
        ([page(2, 1, entry("a")), page(2, 2)], Reason.INCOMPLETE),
        ([page(2, 1, entry("a")), page(2, 1, entry("a"))], Reason.INCOMPLETE),
        ([page(2, 1, entry("a")), page(2, 2, entry("a"))], Reason.INCOMPLETE),
        ([page(2, 1, entry("a")), page(1, 2, entry("b"))], Reason.INCOMPLETE),
        ([page(1, 1, "<entry/>")], Reason.INCOMPLETE),
        ([page(200_001, 1, entry("a"))], Reason.INCOMPLETE),
        ([HttpResponse(200, body=WHOLE.body[:-9])], Reason.INCOMPLETE),
        ([HttpResponse(200, body=WHOLE.body + b" " * CUT_AT)], Reason.INCOMPLETE),
        ([HttpResponse(200, body=b"<feed/>")], Reason.GARBLED),
        ([HttpResponse(200, body=WHOLE.body.replace(b"<s:totalResults>1", b"<s:totalResults>x"))], Reason.GARBLED),
        ([PeerError(Reason.TIMEOUT)], Reason.TIMEOUT),
    ],
)
def test_all_of_it_or_an_error(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        read(*answers)
    assert caught.value.reason is reason


def answered(*told: tuple[int, int, str]) -> HttpResponse:
    entries = [
        entry(key, f"<batch:id>{number}</batch:id><batch:status code='{code}' reason='why'/>")
        for number, code, key in told
    ]
    return HttpResponse(200, body=f"{HEAD.format(search=NEW)}{''.join(entries)}</feed>".encode())


def done(answer: HttpResponse | Exception, *operations: Operation) -> tuple[list[Result], Peer]:
    peer = Peer(answer)
    return run(batch(peer, "b.example", operations, as_of=NOW)), peer


INSERT = Operation(Act.INSERT, entry=contact_entry.blank())
DELETE = Operation(Act.DELETE, "k/1", '"e"')
QUERY = Operation(Act.QUERY, "k2")


def test_a_batch_as_google_documents_it() -> None:
    old = parse(page(1, 1, entry("a", "<batch:id>9</batch:id>")).body).find(f"{contact_entry.ATOM}entry")
    update = Operation(Act.UPDATE, "a", '"a."', old)
    _, peer = done(answered(), INSERT, DELETE, QUERY, update)
    [request] = peer.requests
    assert (request.method, request.url) == ("POST", f"{API_URL}/m8/feeds/contacts/b.example/full/batch")
    found = []
    for one in parse(request.body):
        names = {"id": "{http://schemas.google.com/gdata/batch}id", "key": f"{contact_entry.ATOM}id"}
        operation = one.find("{http://schemas.google.com/gdata/batch}operation")
        assert operation is not None
        key = (one.findtext(names["key"]) or "").rpartition("/")[2]
        found.append((one.findtext(names["id"]), operation.get("type"), key, one.get(f"{contact_entry.GD}etag")))
    assert found == [
        ("0", "insert", "", None),
        ("1", "delete", "k%2F1", '"e"'),
        ("2", "query", "k2", None),
        ("3", "update", "a", '"a."'),
    ]


def test_one_result_each_in_order() -> None:
    results, _ = done(answered((2, 200, "q"), (0, 201, "n"), (1, 404, "")), INSERT, DELETE, QUERY)
    first, second, third = results
    assert isinstance(first, SharedContact)
    assert isinstance(third, SharedContact)
    assert (first.key, second, third.key) == ("n", None, "q")
    assert done(answered((0, 412, "x")), DELETE)[0] == [STALE]


def test_nothing_to_do() -> None:
    assert run(batch(Peer(), "b.example", [], as_of=NOW)) == []


@pytest.mark.parametrize(
    ("answer", "reason", "doubt"),
    [
        (html(403), Reason.NO_ACCESS, False),
        (html(503), Reason.PEER_FAILED, True),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT, True),
        (PeerError(Reason.UNAUTHORIZED), Reason.UNAUTHORIZED, False),
        (HttpResponse(200, body=b"<feed"), Reason.INCOMPLETE, True),
        (answered(), Reason.INCOMPLETE, True),
        (answered((0, 500, "x"), (1, 500, "y")), Reason.PEER_FAILED, True),
    ],
)
def test_a_batch_that_fails_fails_for_each_and_only_what_writes_is_in_doubt(
    answer: HttpResponse | Exception, reason: Reason, doubt: bool
) -> None:
    write, query = done(answer, INSERT, QUERY)[0]
    assert isinstance(write, Refusal)
    assert isinstance(query, Refusal)
    assert (write.reason, write.doubt) == (reason, doubt)
    assert (query.reason, query.doubt) == (reason, False)


def test_an_entry_is_changed_in_a_copy() -> None:
    [contact] = read(WHOLE)[0]
    etree.SubElement(contact.copied(), f"{contact_entry.GD}name")
    assert len(contact.entry) == 1
