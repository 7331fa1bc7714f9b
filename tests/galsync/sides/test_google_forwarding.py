"""Tests of galsync/sides/google_forwarding.py with a scripted Gmail; the simulated one is in tests/console/event."""

from datetime import UTC, datetime

import pytest

from galsync.forwarding.forwards import Forward, Post
from galsync.side import Failed, Written
from galsync.sides.google_forwarding import GooglePostOffice
from protocols.errors import PeerError
from protocols.google.patience import Pace
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from service.tokens_google import SubjectError
from tests.protocols.scripted import Peer, json

ANN, BOB = "ann@northwind.example", "bob@northwind.example"
STANDS = {"enabled": True, "emailAddress": "ann@home.example", "disposition": "archive"}
HOME = Forward("ann@home.example", True, "archive")


async def no_sleep(seconds: float) -> None:
    """Waits for nothing."""


def office(**answers: list[HttpResponse | Exception]) -> GooglePostOffice:
    peers = {f"{name}@northwind.example": Peer(*each) for name, each in answers.items()}

    def send_as(address: str) -> Send:
        return peers[address]

    pace = Pace(clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), sleep=no_sleep, chance=lambda: 0.0)
    return GooglePostOffice(name="gmail", send_as=send_as, pace=pace)


async def test_each_user_is_asked_as_themselves() -> None:
    sends = {"sendAs": [{"sendAsEmail": ANN}, {"sendAsEmail": "annie@northwind.example"}]}
    at = office(ann=[json(STANDS), json(sends)], bob=[SubjectError(Reason.NO_SUCH_MAILBOX, "no such user")])
    alias = frozenset({"annie@northwind.example"})
    assert await at.look([ANN, BOB]) == {ANN: Post(key=ANN, addresses=frozenset({ANN}), forward=HOME, perhaps=alias)}
    with pytest.raises(PeerError):
        await office(ann=[PeerError(Reason.UNAUTHORIZED, "no delegation")]).look([ANN])


async def test_what_was_kept_is_given_back_as_it_stood() -> None:
    at = office(ann=[json({"enabled": False}), json({"forwardingAddresses": []}), json({"forwardingEmail": "x"}, 200)])
    outcome = await at.write(Post(key=ANN, addresses=frozenset({ANN})), HOME)
    assert isinstance(outcome, Failed)  # Gmail wants it verified
    assert "open its link" in outcome.words
    accepted = {"forwardingEmail": "ann@home.example", "verificationStatus": "accepted"}
    at = office(ann=[json({"enabled": False}), json({"forwardingAddresses": [accepted]}), json(STANDS)])
    assert isinstance(await at.write(Post(key=ANN, addresses=frozenset({ANN})), HOME), Written)


async def test_what_somebody_changed_meanwhile_is_left() -> None:
    outcome = await office(ann=[json(STANDS)]).write(Post(key=ANN, addresses=frozenset({ANN})), Forward("x@b.example"))
    assert isinstance(outcome, Failed)
    assert "somebody changed" in outcome.words


def test_with_a_copy_or_without() -> None:
    to = Mailbox.parse("Ann@contoso.example")
    assert office().spelled(to, copy=True) == Forward("ann@contoso.example", True, "leaveInInbox")
    assert office().spelled(to, copy=False) == Forward("ann@contoso.example", False, "trash")
