"""Tests of protocols/graph/paging.py."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.paging import api, entries
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://graph.example/v1.0/groups"
NEXT = f"{URL}?$skiptoken=2"


def _entries(*answers: HttpResponse, most: int | None = None) -> list[dict[str, Any]] | None:
    return run(entries(Peer(*answers), URL, as_of=NOW, most=most))


def test_every_page_in_order() -> None:
    first = json({"value": [{"id": 1}], "@odata.nextLink": NEXT, "@odata.count": 2})
    assert _entries(first, json({"value": [{"id": 2}]})) == [{"id": 1}, {"id": 2}]
    assert _entries(json({}, 404)) is None
    assert api("https://graph.example/") == api("https://graph.example/v1.0") == "https://graph.example/v1.0"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/v1.0/x", "http://graph.example/v1.0/x", "https://graph.example:444/x", URL, 7, "//[", ""],
)
def test_the_next_page_lies_where_this_one_lay(elsewhere: object) -> None:
    with pytest.raises(PeerError) as caught:
        _entries(json({"value": [], "@odata.nextLink": elsewhere}))
    assert caught.value.reason is Reason.GARBLED


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({"value": [{}], "@odata.nextLink": NEXT}), json({}, 404)], Reason.INCOMPLETE),
        ([json({"value": [{}], "@odata.nextLink": NEXT}), json({}, 503)], Reason.INCOMPLETE),
        ([json({"value": [{}], "@odata.count": 2})], Reason.INCOMPLETE),
        ([json({"value": [{}, {}, {}]})], Reason.GROUP_TOO_LARGE),
        ([json({})], Reason.GARBLED),
        ([json({"value": ["x"]})], Reason.GARBLED),
        ([json({"error": {}}, 403)], Reason.NO_ACCESS),
        ([html()], Reason.GARBLED),
    ],
)
def test_a_list_that_is_not_whole_is_none(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        _entries(*answers, most=2)
    assert caught.value.reason is reason
