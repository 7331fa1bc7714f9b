"""Tests of calsync/spokes/exchange_calendar_items.py."""

from datetime import timedelta

import pytest

from calsync.items import Item, Unread
from calsync.spoke import Act
from calsync.spokes.exchange_calendar_items import GONE, HALF, INVITED, STALE, in_words, refusal, shown, split, unsure
from protocols.errors import PeerError
from protocols.ews.calendar_reading import Appointment, Unreadable
from protocols.model.freebusy import Reason
from tests.calsync.spokes.exchange_calendar_world import SERIES
from tests.contracts.spoke_world import NOW

LONG_AGO = NOW - HALF


def _told(**more: object) -> Appointment:
    return Appointment(key="k", version="v", event=SERIES, **more)  # type: ignore[arg-type]


def test_an_item_as_the_hub_sees_it() -> None:
    item = shown(_told(uid="1@maker.example", stamp="busyline:hub/item", others=True, cut=frozenset({"body"})), NOW)
    assert item == Item(
        key="k",
        version="v",
        content=SERIES,
        uid="1@maker.example",
        mark="busyline:hub/item",
        guarded=INVITED,
        cut=frozenset({"body"}),
        maker="maker.example",
    )


def test_what_is_written_just_now_is_there_and_unread() -> None:
    assert isinstance(shown(_told(half="v", changed_at=NOW), NOW), Unread)
    assert isinstance(shown(_told(half="v"), NOW), Unread)
    assert isinstance(shown(_told(half="v", changed_at=LONG_AGO), NOW), Item)


def test_what_cannot_be_read_and_what_is_gone() -> None:
    unread = shown(Unreadable("k", "why"), NOW)
    assert unread == Unread("k", "why")
    assert shown(None, NOW) is None
    item = shown(_told(), NOW)
    assert split([item, unread, None]) == ([item], [unread])


def test_a_refusal_of_one_item() -> None:
    assert refusal(Act.UPDATE, PeerError(Reason.PEER_FAILED, "ErrorIrresolvableConflict")) is STALE
    assert refusal(Act.UPDATE, PeerError(Reason.NO_SUCH_MAILBOX, "ErrorItemNotFound")) is GONE
    never = refusal(Act.CREATE, PeerError(Reason.PEER_FAILED, "ErrorRecurrenceHasNoOccurrence"))
    assert (never.refused, never.doubt) == (True, False)
    assert refusal(Act.CREATE, PeerError(Reason.PEER_FAILED, "ErrorInternalServerError")).doubt


@pytest.mark.parametrize(
    ("reason", "doubt"), [(Reason.TIMEOUT, True), (Reason.NO_ACCESS, False), (Reason.THROTTLED, False)]
)
def test_whether_a_call_that_failed_was_done(reason: Reason, *, doubt: bool) -> None:
    wait = timedelta(seconds=3)
    outcome = unsure(Act.CREATE, PeerError(reason, "x", retry_after=wait), doubt=True)
    assert (outcome.doubt, outcome.retry_after, outcome.reason) == (doubt, wait, reason)
    assert outcome.words.startswith("making the item: ")


def test_what_a_folder_refuses_is_told_with_what_to_do() -> None:
    told = in_words(PeerError(Reason.PEER_FAILED, "ErrorPublicFolderServerNotFound"))
    assert "content_mailbox" in told.detail
    other = PeerError(Reason.TIMEOUT, "x")
    assert in_words(other) is other
