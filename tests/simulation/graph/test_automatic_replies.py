"""automaticRepliesSetting: both texts, the audience, the schedule, and whom it is told."""

from datetime import UTC, datetime

import pytest

from simulation.estate import Estate
from simulation.graph.automatic_replies import MAY_READ, answer, is_reply
from simulation.graph.schedule import GraphRefusal
from simulation.replies import SECRET, Reply

_PERSON = "anna.schneider@contoso.example"
_PATH = f"/v1.0/users/{_PERSON}/mailboxSettings/automaticRepliesSetting"


def test_what_is_set_is_told_whole(estate: Estate) -> None:
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    told = answer(_PATH, estate, MAY_READ, {_PERSON: Reply(external="away", audience="known", start=start)})
    assert (told["status"], told["externalAudience"]) == ("scheduled", "contactsOnly")
    assert (told["internalReplyMessage"], told["externalReplyMessage"]) == (SECRET, "away")
    assert told["scheduledStartDateTime"] == {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "UTC"}
    assert answer(_PATH, estate, MAY_READ, {})["status"] == "disabled"


def test_whom_it_is_told(estate: Estate) -> None:
    assert is_reply(_PATH)
    assert not is_reply(f"/v1.0/users/{_PERSON}/calendar/getSchedule")
    with pytest.raises(GraphRefusal, match="ErrorAccessDenied"):
        answer(_PATH, estate, frozenset({"Calendars.Read"}), {})
    with pytest.raises(GraphRefusal, match="ErrorInvalidUser"):
        answer(_PATH.replace("anna", "nobody"), estate, MAY_READ, {})
