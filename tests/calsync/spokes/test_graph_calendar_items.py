"""Events of Microsoft 365 as items, and what a refusal means."""

from datetime import UTC, datetime, timedelta

import pytest

from calsync.items import Unread
from calsync.spoke import Act, Failed
from calsync.spokes.graph_calendar_items import (
    GONE,
    INVITED,
    STALE,
    item_of,
    refusal,
    stamped,
    unread_of,
    unsure,
)
from protocols.errors import PeerError
from protocols.graph.batch import Answer
from protocols.graph.calendar_event import Told, Unreadable
from protocols.model.event import Event, Span
from protocols.model.freebusy import Reason

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
TOLD = Told(key="k", etag="e", version="v", event=Event(when=Span(START, START)), uid="a@google.com", changed_at=START)


def test_an_item_says_all_that_was_told() -> None:
    item = item_of(TOLD, "busyline:h/i")
    assert (item.key, item.version, item.uid, item.mark) == ("k", "v", "a@google.com", "busyline:h/i")
    assert (item.guarded, item.maker, item.changed_at) == ("", "google.com", START)
    assert item_of(stamped(TOLD, "busyline:x/y"), "busyline:h/i").mark == "busyline:x/y"
    meeting = Told(key="k", etag="e", version="v", event=TOLD.event, others=True)
    assert (item_of(meeting).guarded, item_of(meeting).maker) == (INVITED, "")
    assert unread_of(Unreadable("k", "why")) == Unread("k", "why")


def answer(status: int, reason: Reason = Reason.PEER_FAILED, *, wait: timedelta | None = None) -> Answer:
    return Answer(status=status, failure=PeerError(reason, f"HTTP {status} code", retry_after=wait))


@pytest.mark.parametrize("act", [Act.UPDATE, Act.DELETE])
def test_gone_and_stale_are_told(act: Act) -> None:
    assert refusal(act, answer(404)) == GONE
    assert refusal(act, answer(412)) == STALE


@pytest.mark.parametrize(
    ("status", "reason", "refused", "doubt", "told"),
    [
        (400, Reason.PEER_FAILED, True, False, Reason.PEER_FAILED),
        (413, Reason.PEER_FAILED, True, False, Reason.PEER_FAILED),
        (403, Reason.NO_ACCESS, False, False, Reason.NO_ACCESS),
        (404, Reason.PEER_FAILED, False, False, Reason.NO_SUCH_MAILBOX),
        (409, Reason.PEER_FAILED, False, True, Reason.PEER_FAILED),
        (429, Reason.THROTTLED, False, False, Reason.THROTTLED),
        (500, Reason.PEER_FAILED, False, True, Reason.PEER_FAILED),
        (504, Reason.TIMEOUT, False, True, Reason.TIMEOUT),
    ],
)
def test_what_a_refusal_means_for_a_new_copy(
    status: int, reason: Reason, refused: bool, doubt: bool, told: Reason
) -> None:  # fmt: skip
    found = refusal(Act.CREATE, answer(status, reason, wait=timedelta(seconds=3)))
    assert (found.refused, found.doubt, found.reason) == (refused, doubt, told)
    assert found.words.startswith("making the event: ")
    assert found.retry_after == (timedelta(seconds=3) if status != 404 else None)


def test_half_a_copy_is_doubt_whatever_refused_the_rest() -> None:
    found = refusal(Act.CREATE, answer(400), doubt=True)
    assert isinstance(found, Failed)
    assert (found.refused, found.doubt) == (False, True)


def test_an_error_says_what_to_do() -> None:
    assert "Calendars.ReadWrite" in unsure(Act.UPDATE, PeerError(Reason.NO_ACCESS)).words
    assert not unsure(Act.UPDATE, PeerError(Reason.NO_ACCESS), doubt=True).doubt
    assert unsure(Act.CREATE, PeerError(Reason.TIMEOUT), doubt=True).doubt
