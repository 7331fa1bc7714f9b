"""Tests of protocols.ldap.searching."""

from collections.abc import Sequence

import pytest

from protocols.errors import PeerError
from protocols.ldap.operations import NO_REFERRALS, Control, NextPage, Request, Search
from protocols.ldap.replies import Found, More, Reply
from protocols.ldap.results import RefusedError
from protocols.ldap.searching import Page, complete, everything, matching, named, one, pages
from protocols.model.freebusy import Reason
from tests.protocols.ldap.forest import DOMAIN, Forest
from tests.protocols.scripted import run


class Script:
    """Gives its replies one by one, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[Request, Sequence[Control]]] = []

    async def __call__(self, request: Request, controls: Sequence[Control]) -> Reply:
        self.asked.append((request, controls))
        return self.replies.pop(0)


def paged(cookie: bytes, *names: str, code: int = 0) -> Reply:
    entries = tuple(Found(name, {}) for name in names)
    return Reply(code=code, entries=entries, more=More(bool(cookie), cookie))


SEARCH = Search(base="DC=b")


def names(found: Sequence[Found]) -> list[str]:
    return [each.dn for each in found]


def test_every_page_comes_in_order() -> None:
    script = Script(paged(b"1", "a", "b"), paged(b"2"), paged(b"", "c"))
    assert names(run(everything(script, SEARCH, size=2))) == ["a", "b", "c"]
    assert [controls[0] for _, controls in script.asked] == [NextPage(2, cookie) for cookie in (b"", b"1", b"2")]
    assert all(NO_REFERRALS in controls for _, controls in script.asked)


def test_a_server_without_pages_says_all_at_once() -> None:
    assert names(run(everything(Script(Reply(entries=(Found("a", {}),))), SEARCH))) == ["a"]


def test_the_first_page_refused_is_the_refusal() -> None:
    with pytest.raises(RefusedError) as caught:
        run(everything(Script(Reply(code=50)), SEARCH))
    assert caught.value.code == 50


def test_a_later_page_refused_is_half_an_answer() -> None:
    with pytest.raises(PeerError) as caught:
        run(everything(Script(paged(b"1", "a"), Reply(code=51)), SEARCH))
    assert caught.value.reason is Reason.INCOMPLETE
    assert "busy" in str(caught.value)


def test_a_page_that_leads_to_itself_is_an_error() -> None:
    with pytest.raises(PeerError, match="leads to itself"):
        run(everything(Script(paged(b"1", "a"), paged(b"1")), SEARCH))


def test_referrals_come_with_their_page() -> None:
    async def first() -> Page:
        async for page in pages(Script(Reply(referrals=("ldap://x",))), SEARCH):
            return page
        raise AssertionError

    assert run(first()) == Page((), ("ldap://x",))


def test_one_entry_or_none() -> None:
    assert run(one(Script(Reply(code=32)), "cn=a", ())) is None
    assert run(one(Script(Reply()), "cn=a", ())) is None
    assert run(one(Script(Reply(entries=(Found("cn=a", {}),))), "cn=a", ())) == Found("cn=a", {})
    with pytest.raises(RefusedError):
        run(one(Script(Reply(code=50)), "cn=a", ()))


def test_matching_asks_in_chunks_and_tells_nobody_twice() -> None:
    forest = Forest()
    wanted = [f"CN=p{number},{DOMAIN}" for number in range(120)]
    for dn in wanted:
        forest.put(dn, {"objectClass": [b"contact"]})
    forest.seen.clear()
    found = run(matching(forest, Search(base=DOMAIN), [*named(wanted), "(cn=none)", "(objectClass=contact)"]))
    assert sorted(names(found)) == sorted(wanted)
    assert len(forest.seen) == 3
    assert run(matching(forest, Search(base=DOMAIN), [])) == []


def ranged(last: str, *values: bytes) -> Found:
    return Found("cn=g", {f"member;range={last}": list(values), "cn": [b"g"]})


def test_ranges_are_put_together() -> None:
    script = Script(Reply(entries=(ranged("2-3", b"c", b"d"),)), Reply(entries=(ranged("4-*", b"e"),)))
    found = run(complete(script, ranged("0-1", b"a", b"b"), "member"))
    assert found == Found("cn=g", {"cn": [b"g"], "member": [b"a", b"b", b"c", b"d", b"e"]})
    asked = [request.attributes for request, _ in script.asked if isinstance(request, Search)]
    assert asked == [("member;range=2-*",), ("member;range=4-*",)]


def test_what_came_whole_is_not_asked_for_again() -> None:
    found = Found("cn=g", {"member": [b"a"]})
    assert run(complete(Script(), found, "member")) is found


@pytest.mark.parametrize("reply", [Reply(), Reply(code=32), Reply(entries=(Found("cn=g", {}),))])
def test_a_range_that_never_comes_is_half_an_answer(reply: Reply) -> None:
    with pytest.raises(PeerError) as caught:
        run(complete(Script(reply), ranged("0-1", b"a"), "member"))
    assert caught.value.reason is Reason.INCOMPLETE
