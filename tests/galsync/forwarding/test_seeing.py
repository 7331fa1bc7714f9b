"""Tests of galsync/forwarding/seeing.py."""

from galsync.forwarding.forwards import Forward
from galsync.forwarding.seeing import Seen
from galsync.side import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from tests.galsync.forwarding.post_office import ELSEWHERE, NEW, OLD, Office, post

BOB, BOB_NEW = "bob@a.example", "bob@b.example"


async def test_whomever_mail_goes_to_is_looked_at_as_well() -> None:
    office = Office({OLD: post(), BOB: post(BOB, Forward(BOB_NEW))})
    beyond = Office({NEW: post(NEW, Forward(BOB)), BOB_NEW: post(BOB_NEW, ELSEWHERE)}, name="b")
    seen = Seen(office=office, beyond=beyond)
    assert await seen.look([OLD], [NEW]) is None
    assert (set(seen.posts), set(seen.there)) == ({OLD, BOB}, {NEW, BOB_NEW})


async def test_where_nobody_looks_beyond_nothing_is_followed() -> None:
    seen = Seen(office=Office({OLD: post(OLD, Forward(BOB)), BOB: post(BOB)}), beyond=None)
    assert await seen.look([OLD], [NEW]) is None
    assert set(seen.posts) == {OLD}


async def test_both_failures_are_told() -> None:
    broken = PeerError(Reason.UNREACHABLE, "no answer")
    failed = await Seen(office=Office(broken=broken), beyond=Office(broken=broken, name="b")).look([OLD], [NEW])
    assert isinstance(failed, Failed)
    assert failed.words == "a: no answer; b: no answer"
