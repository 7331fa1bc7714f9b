"""Tests of protocols/ews/mailbox_access.py."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from protocols.errors import PeerError
from protocols.ews.mailbox_access import all_judged, judged
from protocols.model.freebusy import Reason
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message
from tests.protocols.ews.test_operation import answered
from tests.protocols.scripted import Peer, run


def _messages(*texts: str) -> list[etree._Element]:
    peer = Peer(answer("GetItem", *texts))
    return run(access(peer).ask("GetItem", "", len(texts), as_of=NOW))


def test_the_mailbox_is_named_to_the_front_and_in_the_header() -> None:
    peer = Peer(answer("GetItem", message("GetItem")))
    run(access(peer).ask("GetItem", "<m:ItemIds/>", 1, as_of=NOW, attributes='A="b"'))
    (request,) = peer.requests
    assert request.headers["X-AnchorMailbox"] == "ann@b.example"
    assert b"<t:PrimarySmtpAddress>ann@b.example<" in request.body
    assert b'<m:GetItem A="b"><m:ItemIds/></m:GetItem>' in request.body


def test_without_impersonation_the_folder_names_its_owner() -> None:
    peer = Peer(answer("GetItem", message("GetItem")))
    delegate = access(peer, impersonates=False)
    run(delegate.ask("GetItem", "", 1, as_of=NOW))
    assert b"Impersonation" not in peer.requests[0].body
    assert "<t:EmailAddress>ann@b.example<" in delegate.contacts()
    assert "ann" not in access(peer).contacts()


@pytest.mark.parametrize(
    "told",
    [
        answer("GetItem"),
        answer("GetItem", message("GetItem"), message("GetItem")),
        answer("GetItem", message("FindItem")),
        answered("<m:GetItemResponse/>"),
    ],
)
def test_another_count_of_answers_is_none(told: object) -> None:
    with pytest.raises(PeerError) as raised:
        run(access(Peer(told)).ask("GetItem", "", 1, as_of=NOW))  # type: ignore[arg-type]
    assert raised.value.reason is Reason.INCOMPLETE


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ErrorItemNotFound", Reason.NO_SUCH_MAILBOX),
        ("ErrorFolderNotFound", Reason.NO_SUCH_MAILBOX),
        ("ErrorNonExistentMailbox", Reason.NO_SUCH_MAILBOX),
        ("ErrorAccessDenied", Reason.NO_ACCESS),
        ("ErrorIrresolvableConflict", Reason.PEER_FAILED),
    ],
)
def test_what_a_code_means(code: str, reason: Reason) -> None:
    [error] = map(judged, _messages(message("GetItem", code=code)))
    assert error is not None
    assert (error.reason, error.detail) == (reason, code)
    assert judged(_messages(message("GetItem"))[0]) is None


def test_what_comes_after_a_stop_shares_its_reason() -> None:
    stopped = message("GetItem", code="ErrorBatchProcessingStopped")
    busy = message("GetItem", code="ErrorServerBusy", wait=2500)
    told = all_judged(_messages(message("GetItem"), busy, stopped, stopped))
    assert told[0] is None
    wait = timedelta(seconds=2.5)
    assert [(each.reason, each.retry_after) for each in told if each] == [(Reason.THROTTLED, wait)] * 3
    [alone] = all_judged(_messages(stopped))
    assert alone is not None
    assert alone.reason is Reason.PEER_FAILED


def test_requests_about_public_folders_are_led_to_their_mailbox() -> None:
    well = answer("GetItem", message("GetItem"))
    peer = Peer(well, well)
    way = replace(access(peer), public="content@b.example", version="Exchange2016")
    run(way.ask("GetItem", "", 1, as_of=NOW))
    run(replace(way, anchor="tree@b.example").ask("GetItem", "", 1, as_of=NOW))
    led = [(each.headers["X-AnchorMailbox"], each.headers["X-PublicFolderMailbox"]) for each in peer.requests]
    assert led == [("content@b.example", "content@b.example"), ("tree@b.example", "content@b.example")]
    assert b'RequestServerVersion Version="Exchange2016"' in peer.requests[0].body


def test_a_folder_that_every_mailbox_has_is_named_with_its_owner() -> None:
    assert access(Peer()).own("calendar") == '<t:DistinguishedFolderId Id="calendar"></t:DistinguishedFolderId>'
    assert "ann@b.example" in access(Peer(), impersonates=False).own("calendar")
