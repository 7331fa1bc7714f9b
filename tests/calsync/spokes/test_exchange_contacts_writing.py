"""A batch of writes to a folder of contacts of an Exchange server."""

import pytest

from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.exchange_calendar_asking import Opened
from calsync.spokes.exchange_contacts_writing import write
from protocols.errors import PeerError
from protocols.model.card import Card
from protocols.model.freebusy import Reason
from tests.calsync.spokes.contacts_world import exchange
from tests.contracts.spoke_events import SINGLE
from tests.contracts.spoke_world import creation
from tests.protocols.ews.mailbox_answers import NOW, access, answer, item, message
from tests.protocols.scripted import Peer, run

ANN = Card(display_name="Ann", company="C")
CHANGE = Write(act=Act.UPDATE, content=ANN, key="k", version="1", changes=frozenset({"company"}))
THERE = answer("GetItem", message("GetItem", f"<m:Items>{item('k')}</m:Items>"))


def done(peer: Peer, *writes: Write) -> list[Outcome]:
    async def opened() -> Opened:
        return Opened(exchange=exchange(peer), access=access(peer), folder=access(peer).contacts())

    return run(write(opened, writes, clock=lambda: NOW))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("ErrorIrresolvableConflict", {"stale": True, "gone": False}),
        ("ErrorItemNotFound", {"stale": True, "gone": True}),
        ("ErrorQuotaExceeded", {"doubt": False, "refused": False}),
        ("ErrorInternalServerError", {"doubt": True}),
        ("ErrorInvalidPropertySet", {"refused": True}),
        ("ErrorAccessDenied", {"doubt": False}),
    ],
)
def test_what_exchange_says_of_a_change(code: str, wanted: dict[str, bool]) -> None:
    [outcome] = done(Peer(THERE, answer("UpdateItem", message("UpdateItem", code=code))), CHANGE)
    assert isinstance(outcome, Failed)
    assert {name: getattr(outcome, name) for name in wanted} == wanted


def test_a_call_that_got_lost_leaves_a_doubt() -> None:
    [outcome] = done(Peer(THERE, PeerError(Reason.TIMEOUT, "no answer")), CHANGE)
    assert isinstance(outcome, Failed)
    assert outcome.doubt


def test_a_copy_that_cannot_be_read_back_leaves_a_doubt() -> None:
    made = answer("CreateItem", message("CreateItem", f"<m:Items>{item('n')}</m:Items>"))
    [outcome] = done(Peer(made, PeerError(Reason.TIMEOUT, "no answer")), creation(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.doubt


def test_one_that_went_right_after_it_was_written_is_gone() -> None:
    made = answer("CreateItem", message("CreateItem", f"<m:Items>{item('n')}</m:Items>"))
    [outcome] = done(Peer(made, answer("GetItem", message("GetItem", code="ErrorItemNotFound"))), creation(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.gone


def test_nothing_is_sent_where_nothing_can_be_read() -> None:
    peer = Peer(PeerError(Reason.UNREACHABLE, "no way"))
    outcomes = done(peer, CHANGE, creation(ANN))
    assert all(isinstance(each, Failed) and not each.doubt for each in outcomes)
    assert len(peer.requests) == 1


def test_a_deletion_of_what_is_gone_is_done() -> None:
    gone = answer("GetItem", message("GetItem", code="ErrorItemNotFound"))
    assert done(Peer(gone), Write(act=Act.DELETE, key="k", version="1")) == [Written(None)]
    deleted = answer("DeleteItem", message("DeleteItem", code="ErrorItemNotFound"))
    assert done(Peer(THERE, deleted), Write(act=Act.DELETE, key="k", version="1")) == [Written(None)]


def test_only_contacts_are_written_and_a_change_of_nothing_is_none() -> None:
    wrong = Write(act=Act.UPDATE, content=SINGLE["timed"], key="k", version="1", changes=frozenset({"subject"}))
    [outcome] = done(Peer(THERE), wrong)
    assert isinstance(outcome, Failed)
    assert outcome.refused
    nothing = Write(act=Act.UPDATE, content=ANN, key="k", version="1")
    [same] = done(Peer(THERE), nothing)
    assert isinstance(same, Written)
