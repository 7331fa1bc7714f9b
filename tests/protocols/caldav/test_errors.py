"""What each refusal means: of us, of a way of asking, of one person."""

from datetime import timedelta

import pytest

from protocols.caldav.errors import NotOfferedError, check
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import NOW, error, xml
from tests.protocols.scripted import html


def raised(response: HttpResponse) -> PeerError:
    with pytest.raises(PeerError) as found:
        check(response, NOW, 207, what="it")
    return found.value


def test_what_was_expected_is_no_error() -> None:
    check(HttpResponse(207), NOW, 200, 207, what="it")


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (error(401), Reason.UNAUTHORIZED),
        (error(403), Reason.NO_ACCESS),
        (error(403, "D:need-privileges"), Reason.NO_ACCESS),
        (html(403), Reason.NO_ACCESS),
        (error(404), Reason.NO_SUCH_MAILBOX),
        (error(408), Reason.TIMEOUT),
        (error(410), Reason.NO_SUCH_MAILBOX),
        (error(413), Reason.TOO_MANY_ENTRIES),
        (error(429), Reason.THROTTLED),
        (error(502), Reason.PEER_FAILED),
        (error(503), Reason.THROTTLED),
        (error(504), Reason.TIMEOUT),
        (error(507), Reason.TOO_MANY_ENTRIES),
        (error(507, "D:number-of-matches-within-limits"), Reason.TOO_MANY_ENTRIES),
        (error(403, "D:number-of-matches-within-limits"), Reason.TOO_MANY_ENTRIES),
        (error(400, "C:max-instances"), Reason.TOO_MANY_ENTRIES),
        (error(403, "C:max-date-time"), Reason.WINDOW_TOO_LONG),
        (error(403, "C:min-date-time"), Reason.WINDOW_TOO_LONG),
        (error(301), Reason.GARBLED),
    ],
)
def test_reasons(response: HttpResponse, reason: Reason) -> None:
    found = raised(response)
    assert found.reason is reason
    assert not isinstance(found, NotOfferedError)


@pytest.mark.parametrize(
    "response",
    [
        *map(error, (400, 405, 406, 409, 415, 422, 500, 501)),
        error(403, "D:supported-report"),
        HttpResponse(204),
        html(200),
    ],
)
def test_what_a_server_does_not_offer(response: HttpResponse) -> None:
    found = raised(response)
    assert isinstance(found, NotOfferedError)
    assert (found.status, found.of_server) == (response.status, True)


def test_the_wait_that_is_asked_for() -> None:
    found = raised(HttpResponse(503, Headers({"Retry-After": "30"})))
    assert found.retry_after == timedelta(seconds=30)


@pytest.mark.parametrize("body", ["<D:error", "<other/>", "<!DOCTYPE a><a/>", ""])
def test_a_body_that_names_no_condition(body: str) -> None:
    assert raised(xml(body, 403)).reason is Reason.NO_ACCESS


def test_nothing_a_server_writes_gets_into_the_words() -> None:
    words = str(raised(xml(f'<D:error xmlns:D="DAV:"><D:{"secret" * 50}/>Ann is ill</D:error>', 403)))
    assert "Ann" not in words
    assert len(words) < 150
