"""Tests of galsync/sides/exchange_online_forwarding.py against a simulated Exchange Online."""

from galsync.forwarding.forwards import Forward
from galsync.side import Failed, Written
from galsync.sides.exchange_online_forwarding import ExchangeOnlinePostOffice
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.galsync.sides.exchange_online_world import Organisation, organisation

ANN, BOB = "ann@contoso.example", "bob@contoso.example"
TO_NEW = Forward("smtp:ann@b.example", True)


def office(at: Organisation) -> ExchangeOnlinePostOffice:
    return ExchangeOnlinePostOffice(name="online", send=at.send, endpoint=at.endpoint, clock=at.clock)


async def test_there_and_back() -> None:
    async with organisation() as at:
        at.recipients.put("UserMailbox", ANN, EmailAddresses=[f"SMTP:{ANN}", "smtp:a.lee@contoso.example"])
        posts = await office(at).look([ANN, BOB])
        assert [*posts] == [ANN]
        post = posts[ANN]
        assert (post.addresses, post.forward) == (frozenset({ANN, "a.lee@contoso.example"}), Forward())
        assert office(at).spelled(Mailbox.parse("Ann@b.example"), copy=True) == TO_NEW
        assert isinstance(await office(at).write(post, TO_NEW), Written)
        new = (await office(at).look([ANN]))[ANN]
        assert new.forward == TO_NEW
        assert isinstance(await office(at).write(new, post.forward), Written)
        assert (await office(at).look([ANN]))[ANN] == post


async def test_what_somebody_changed_meanwhile_is_left() -> None:
    async with organisation() as at:
        row = at.recipients.put("UserMailbox", ANN)
        post = (await office(at).look([ANN]))[ANN]
        row["ForwardingSmtpAddress"] = "smtp:ann@home.example"
        outcome = await office(at).write(post, TO_NEW)
        assert isinstance(outcome, Failed)
        assert "somebody changed the forwarding meanwhile" in outcome.words
        assert row["ForwardingSmtpAddress"] == "smtp:ann@home.example"
        del at.recipients.rows[row["Guid"]]
        gone = await office(at).write(post, TO_NEW)
        assert isinstance(gone, Failed)
        assert gone.reason is Reason.NO_SUCH_MAILBOX


async def test_forwarding_inside_the_organisation_goes_first_there() -> None:
    async with organisation() as at:
        at.recipients.put("UserMailbox", ANN, ForwardingAddress="Bob")
        assert "ForwardingAddress" in (await office(at).look([ANN]))[ANN].readonly
