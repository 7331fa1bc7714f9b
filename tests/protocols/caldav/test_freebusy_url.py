"""A free/busy file on the server itself."""

import pytest

from protocols.caldav.freebusy_url import fetch
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import BASE, HOUR_BUSY, LENT, NOW, PERIOD, WINDOW, blocks, error, text
from tests.protocols.scripted import Peer, html, run

URL = f"{BASE}/ann.ifb"


def test_what_the_file_tells() -> None:
    peer = Peer(text(HOUR_BUSY))
    found = run(fetch(peer, URL, WINDOW, zone=None, **LENT, as_of=NOW))
    assert (blocks(found.intervals), found.unknown) == ([PERIOD], ())
    assert (peer.requests[0].method, peer.requests[0].url) == ("GET", URL)


def test_what_it_does_not_speak_of_is_unknown() -> None:
    half = HOUR_BUSY.replace("DTEND:20261130", "DTEND:20261125")
    found = run(fetch(Peer(text(half)), URL, WINDOW, zone=None, **LENT, as_of=NOW))
    assert [(gap.start.day, gap.end.day) for gap in found.unknown] == [(25, 30)]


@pytest.mark.parametrize(
    ("response", "reason"),
    [(error(404), Reason.NO_SUCH_MAILBOX), (error(403), Reason.NO_ACCESS), (html(), Reason.GARBLED)],
)
def test_no_file(response: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(fetch(Peer(response), URL, WINDOW, zone=None, **LENT, as_of=NOW))
    assert raised.value.reason is reason
