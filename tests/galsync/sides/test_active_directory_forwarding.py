"""Tests of galsync/sides/active_directory_forwarding.py with a scripted directory; Samba's is in tests/clients."""

from collections.abc import Sequence

import pytest

from galsync.forwarding.forwards import Forward, Post
from galsync.side import Failed, Written
from galsync.sides.active_directory_forwarding import ActiveDirectoryPostOffice
from protocols.errors import PeerError
from protocols.ldap.operations import Control, Modify, Request, Search
from protocols.ldap.replies import Found, Reply
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

OLD, NEW = "ann@fabrikam.example", Forward("SMTP:ann@contoso.example")
POST = Post(key="CN=Ann", addresses=frozenset({OLD}))


class Script:
    """Gives its replies one by one, and keeps what it was asked."""

    def __init__(self, *replies: Reply | PeerError) -> None:
        self.replies, self.asked = list(replies), list[Request]()

    async def __call__(self, request: Request, controls: Sequence[Control]) -> Reply:
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, PeerError):
            raise reply
        return reply


def office(script: Script) -> ActiveDirectoryPostOffice:
    return ActiveDirectoryPostOffice(name="fabrikam", ask=script, base="DC=fabrikam,DC=example")


def account(dn: str, target: str = "") -> Found:
    return Found(dn, {"mail": [OLD.encode()], **({"targetaddress": [target.encode()]} if target else {})})


async def test_accounts_alone_are_asked_for() -> None:
    script = Script(Reply(entries=(account("CN=Ann", "smtp:Ann@home.example"),)))
    assert await office(script).look([OLD, "bob@fabrikam.example"]) == {
        OLD: Post(key="CN=Ann", addresses=frozenset({OLD}), forward=Forward("smtp:Ann@home.example"))
    }
    (search,) = script.asked
    assert isinstance(search, Search)
    assert "(objectClass=user)" in search.filter
    assert await office(Script()).look([]) == {}


async def test_an_address_that_two_accounts_have_is_left_alone() -> None:
    posts = await office(Script(Reply(entries=(account("CN=Ann"), account("CN=Ann2"))))).look([OLD])
    assert "two accounts" in posts[OLD].readonly


async def test_what_is_written_names_what_stood_there() -> None:
    script = Script(Reply(), Reply())
    assert office(script).spelled(Mailbox.parse("Ann@contoso.example"), copy=True) == NEW
    assert await office(script).write(POST, NEW) == Written("CN=Ann")
    there = Post(key="CN=Ann", addresses=frozenset({OLD}), forward=NEW)
    assert await office(script).write(there, Forward()) == Written("CN=Ann")
    assert [len(each.changes) for each in script.asked if isinstance(each, Modify)] == [1, 1]
    assert await office(Script()).write(there, NEW) == Written("CN=Ann")  # nothing to do


@pytest.mark.parametrize("code", [16, 19, 20])
async def test_what_somebody_changed_meanwhile_is_left(code: int) -> None:
    outcome = await office(Script(Reply(code=code))).write(POST, NEW)
    assert isinstance(outcome, Failed)
    assert "somebody changed targetAddress meanwhile" in outcome.words


async def test_what_is_refused_or_lost_is_told() -> None:
    refused = await office(Script(Reply(code=50))).write(POST, NEW)
    lost = await office(Script(PeerError(Reason.TIMEOUT, "no answer"))).write(POST, NEW)
    assert isinstance(refused, Failed)
    assert isinstance(lost, Failed)
    assert (refused.doubt, lost.doubt) == (False, True)
