"""The calendars of a mailbox."""

from datetime import UTC, datetime

import pytest

from protocols.errors import PeerError
from protocols.graph.calendar_list import Calendar, calendars
from protocols.graph.calendar_times import PREFER
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
URL = "https://graph.example"


def test_all_calendars_are_told() -> None:
    own = {
        "id": "1",
        "name": "Calendar",
        "canEdit": True,
        "isDefaultCalendar": True,
        "owner": {"address": "Ann@a.example"},
    }
    peer = Peer(json({"value": [own], "@odata.nextLink": f"{URL}/2"}), json({"value": [{"id": "2", "canEdit": False}]}))
    found = run(calendars(peer, "ann@a.example", api_url=URL, as_of=NOW))
    assert list(found) == [
        Calendar(key="1", name="Calendar", writable=True, own=True, owner="ann@a.example"),
        Calendar(key="2", name="", writable=False),
    ]
    assert peer.requests[0].url.startswith(f"{URL}/v1.0/users/ann@a.example/calendars?$select=id,name,canEdit")
    assert {each.headers["Prefer"] for each in peer.requests} == {PREFER}


def test_no_mailbox_is_told_as_such() -> None:
    with pytest.raises(PeerError) as raised:
        run(calendars(Peer(json({"error": {"code": "ErrorInvalidUser"}}, 404)), "x", api_url=URL, as_of=NOW))
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX
