"""What changed in a folder of an Exchange mailbox."""

import pytest

from protocols.errors import PeerError
from protocols.ews.schema import mailbox_validator
from protocols.ews.sync_folder import ExpiredStateError, Round, Told, changes
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.safexml import parse
from tests.protocols.ews.mailbox_answers import NOW, access, answer, item, message
from tests.protocols.scripted import Peer, run

FOLDER = '<t:FolderId Id="f+="/>'


def told(*parts: str, state: str = "s1", last: str = "true") -> HttpResponse:
    inside = (
        f"<m:SyncState>{state}</m:SyncState><m:IncludesLastItemInRange>{last}</m:IncludesLastItemInRange>"
        f"<m:Changes>{''.join(parts)}</m:Changes>"
    )
    return answer("SyncFolderItems", message("SyncFolderItems", inside))


def refused(code: str) -> HttpResponse:
    return answer("SyncFolderItems", message("SyncFolderItems", code=code))


def rounds(peer: Peer, state: str = "") -> list[Round]:
    async def every() -> list[Round]:
        return [each async for each in changes(access(peer), FOLDER, state, as_of=NOW)]

    return run(every())


def test_everything_call_by_call() -> None:
    peer = Peer(
        told(
            f"<t:Create>{item('a')}</t:Create>",
            f"<t:Create>{item('l', element='DistributionList')}</t:Create>",
            last="0",
        ),
        told(
            f"<t:Update>{item('b', version='2')}</t:Update>",
            '<t:Delete><t:ItemId Id="a" ChangeKey="1"/></t:Delete>',
            '<t:ReadFlagChange><t:ItemId Id="c" ChangeKey="3"/><t:IsRead>true</t:IsRead></t:ReadFlagChange>',
            state="s&amp;2",
        ),
    )
    first, second = rounds(peer)
    assert first.there == (Told("a", "1", "Contact"), Told("l", "1", "DistributionList"))
    assert not first.last
    assert second.there == (Told("b", "2", "Contact"), Told("c", "3", ""))
    assert (second.gone, second.state, second.last) == (("a",), "s&2", True)
    for request in peer.requests:
        [asked] = parse(request.body).iterfind("{*}Body/*")
        mailbox_validator().assertValid(asked)
    assert b"<m:SyncState>" not in peer.requests[0].body
    assert b"<m:SyncState>s1</m:SyncState>" in peer.requests[1].body


def test_what_came_and_went_in_one_call_is_what_it_is_last() -> None:
    gone = '<t:Delete><t:ItemId Id="a" ChangeKey="1"/></t:Delete>'
    here = f"<t:Create>{item('a')}</t:Create>"
    assert rounds(Peer(told(here, gone)))[0] == Round(gone=("a",), state="s1")
    assert rounds(Peer(told(gone, here)))[0] == Round(there=(Told("a", "1", "Contact"),), state="s1")


@pytest.mark.parametrize("code", ["ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound"])
def test_a_state_that_is_not_known(code: str) -> None:
    with pytest.raises(ExpiredStateError):
        rounds(Peer(refused(code)), "old")


def test_a_refusal_is_an_error() -> None:
    with pytest.raises(PeerError) as caught:
        rounds(Peer(refused("ErrorFolderNotFound")))
    assert caught.value.reason is Reason.NO_SUCH_MAILBOX
    with pytest.raises(PeerError):
        rounds(Peer(refused("ErrorInvalidSyncStateData")))  # without a state that is nothing we could mend
    with pytest.raises(PeerError):
        rounds(Peer(told(f"<t:Create>{item('a')}</t:Create>", last="false"), refused("ErrorServerBusy")))


def test_half_an_answer_is_an_error() -> None:
    for peer in (Peer(told(state="")), Peer(told(last="")), Peer(told("<t:Create/>"))):
        with pytest.raises(PeerError) as caught:
            rounds(peer)
        assert caught.value.reason is Reason.GARBLED
    with pytest.raises(PeerError, match="do not go on"):
        rounds(Peer(told(last="false")))
