"""Contacts of EWS, a batch at a time."""

from collections.abc import Sequence

from protocols.errors import PeerError
from protocols.ews.calendar_reading import Unreadable
from protocols.ews.card_fields import CardContact
from protocols.ews.card_items import in_pieces, some
from protocols.model.freebusy import Reason
from tests.protocols.ews.mailbox_answers import NOW, access, answer, item, message
from tests.protocols.scripted import Peer, run


def test_contacts_by_their_ids() -> None:
    there = message("GetItem", f"<m:Items>{item('a', '<t:DisplayName>Ann</t:DisplayName>')}</m:Items>")
    peer = Peer(answer("GetItem", there, message("GetItem", code="ErrorItemNotFound")))
    found = run(some(access(peer), ["a", "b", "a"], as_of=NOW))
    ann = found["a"]
    assert isinstance(ann, CardContact)
    assert (ann.card.display_name, ann.version, found["b"]) == ("Ann", "1", None)


def test_one_that_exchange_cannot_tell_spoils_no_other() -> None:
    there = message("GetItem", f"<m:Items>{item('a', '<t:DisplayName>Ann</t:DisplayName>')}</m:Items>")
    peer = Peer(answer("GetItem", there, message("GetItem", code="ErrorCorruptData")))
    found = run(some(access(peer), ["a", "b"], as_of=NOW))
    assert isinstance(found["a"], CardContact)
    assert found["b"] == Unreadable("b", "Exchange cannot tell it (ErrorCorruptData)")


def test_one_that_is_malformed_is_found_by_halves() -> None:
    calls: list[Sequence[int]] = []

    async def call(parts: Sequence[int]) -> list[str]:
        calls.append(parts)
        if 3 in parts:
            raise PeerError(Reason.PEER_FAILED, "fault ErrorSchemaValidation")
        return [f"done {part}" for part in parts]

    first, second, third, fourth = run(in_pieces(call, [1, 2, 3, 4]))
    assert (first, second, fourth) == ("done 1", "done 2", "done 4")
    assert isinstance(third, PeerError)
    assert calls == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]


def test_any_other_failure_is_that_of_all_and_nothing_is_not_asked() -> None:
    async def call(parts: Sequence[int]) -> list[str]:
        raise PeerError(Reason.THROTTLED, "fault ErrorServerBusy")

    assert [type(each) for each in run(in_pieces(call, [1, 2]))] == [PeerError, PeerError]
    assert run(in_pieces(call, [])) == []
