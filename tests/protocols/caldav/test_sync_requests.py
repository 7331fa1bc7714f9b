"""The requests are those of the RFCs, whatever stands in a name."""

import pytest

from protocols.caldav.sync_requests import by_uid, create, delete, multiget, replace, sync_collection
from protocols.safexml import parse
from tests.protocols.caldav.sync_samples import URL


def test_reports_name_what_they_ask_for() -> None:
    for request in (sync_collection(URL, "a<b&c"), multiget(URL, ["/a&b.ics"]), by_uid(URL, "<1>@x")):
        assert request.method == "REPORT"
        assert parse(request.body) is not None
    assert "".join(map(str, parse(sync_collection(URL, "a<b&c").body)[0].itertext())) == "a<b&c"
    assert sync_collection(URL, "").headers["Depth"] == "0"
    assert b"<D:nresults>1000</D:nresults>" in sync_collection(URL, "").body


def test_what_is_new_overwrites_nothing() -> None:
    request = create(f"{URL}a.ics", b"data")
    assert (request.method, request.headers["If-None-Match"], request.body) == ("PUT", "*", b"data")


@pytest.mark.parametrize(("etag", "sent"), [('"1"', '"1"'), ('W/"1"', '"1"'), ("", None)])
def test_what_stands_there_is_bound_to_its_etag(etag: str, sent: str | None) -> None:
    for request in (replace(URL, b"data", etag), delete(URL, etag)):
        assert request.headers.get("If-Match") == sent
