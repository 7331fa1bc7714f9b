"""Tests of service.directory_calls, over a pair of sockets whose other end is played."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from protocols.ldap.filters import FilterError
from protocols.ldap.operations import (
    DIRSYNC,
    NO_REFERRALS,
    PAGES,
    Add,
    Changes,
    Delete,
    Doing,
    Modification,
    Modify,
    NextPage,
    Rename,
    Request,
    SaslBind,
    Scope,
    Search,
    SimpleBind,
)
from protocols.ldap.replies import Found, More, Reply
from service.directory import is_available
from service.directory_parts import BrokenError, Brought, FullError
from tests.needs import missing
from tests.service.directory_server import ABANDON, SEARCH, UNBIND, Asked, entry, reference, request_of, result

SEARCHING = Search(base="DC=b", scope=Scope.ONE, filter="(&(cn=a*)(!(mail=*)))", attributes=("cn", "mail"))
VALUES = {"cn": [b"Ann"], "photo": [b"\x00\xff", b""]}


class Played:
    """python-ldap at one end, the test at the other."""

    def __init__(self) -> None:
        from service.directory_calls import Calls

        self.end, theirs = socket.socketpair()
        self.end.setblocking(False)
        theirs.setblocking(False)
        self.calls = Calls(theirs.detach())

    def heard(self) -> Asked:
        """The one request that was sent."""
        return request_of(self.end.recv(100_000))

    def asks(self, request: Request = SEARCHING) -> Asked:
        number = self.calls.send(request, ())
        asked = self.heard()
        assert asked.number == number
        return asked

    def says(self, *messages: bytes) -> None:
        self.end.sendall(b"".join(messages))


@pytest.fixture
def played() -> Iterator[Played]:
    if not is_available():
        missing("the extra ldap")
    found = Played()
    yield found
    found.calls.close()
    found.end.close()


def texts(body: Any, *names: str) -> tuple[str, ...]:
    return tuple(bytes(body[name]).decode() for name in names)


def test_a_search(played: Played) -> None:
    asked = played.asks()
    assert asked.kind == SEARCH
    assert texts(asked.body, "baseObject") == ("DC=b",)
    assert [int(asked.body[name]) for name in ("scope", "derefAliases", "sizeLimit", "timeLimit")] == [1, 0, 0, 0]
    assert [bytes(name) for name in asked.body["attributes"]] == [b"cn", b"mail"]


def test_a_new_entry(played: Played) -> None:
    asked = played.asks(Add("cn=a", VALUES))
    assert (asked.kind, *texts(asked.body, "entry")) == ("addRequest", "cn=a")
    told = {bytes(each["type"]).decode(): [bytes(v) for v in each["vals"]] for each in asked.body["attributes"]}
    assert told == VALUES


def test_changes_in_their_order(played: Played) -> None:
    changes = (
        Modification(Doing.REPLACE, "a", (b"1", b"2")),
        Modification(Doing.DELETE, "b"),
        Modification(Doing.REPLACE, "c"),
        Modification(Doing.ADD, "d", (b"3",)),
    )
    asked = played.asks(Modify("cn=a", changes))
    told = [
        (int(each["operation"]), *texts(each["modification"], "type"), [bytes(v) for v in each["modification"]["vals"]])
        for each in asked.body["modification"]
    ]
    assert told == [(2, "a", [b"1", b"2"]), (1, "b", []), (2, "c", []), (0, "d", [b"3"])]


def test_an_entry_goes_or_is_called_otherwise(played: Played) -> None:
    assert played.asks(Delete("cn=a")).body == b"cn=a"
    asked = played.asks(Rename("cn=a", "cn=b"))
    assert (*texts(asked.body, "entry", "newrdn"), bool(asked.body["deleteoldrdn"])) == ("cn=a", "cn=b", True)
    assert not asked.body["newSuperior"].isValue
    assert texts(played.asks(Rename("cn=a", "cn=b", "ou=c")).body, "newSuperior") == ("ou=c",)


def test_a_sign_in_by_password(played: Played) -> None:
    body = played.asks(SimpleBind("svc@b", "pä")).body
    assert (int(body["version"]), *texts(body, "name")) == (3, "svc@b")
    assert bytes(body["authentication"]["simple"]) == "pä".encode()


def test_controls_go_behind_the_request(played: Played) -> None:
    played.calls.send(SEARCHING, (NextPage(5), Changes(), NO_REFERRALS))
    controls = played.heard().controls
    assert [(oid, critical) for oid, (critical, _) in controls.items()] == [
        (PAGES, True),
        (DIRSYNC, True),
        (NO_REFERRALS.oid, False),
    ]
    assert controls[NO_REFERRALS.oid][1] is None


def test_an_answer_comes_part_by_part(played: Played) -> None:
    asked = played.asks()
    assert played.calls.take() is None
    page = {PAGES: bytes.fromhex("3006020100040163")}
    played.says(
        entry(asked, "cn=a", {"displayName": [b"Ann"], "member;range=0-1": [b"\xff", b""]}),
        reference(asked, "ldap://x", "ldap://y"),
        result(asked, controls=page),
    )
    found = Found("cn=a", {"displayname": [b"Ann"], "member;range=0-1": [b"\xff", b""]})
    assert [played.calls.take() for _ in range(4)] == [
        Brought(asked.number, found),
        Brought(asked.number, ("ldap://x", "ldap://y")),
        Brought(asked.number, Reply(more=More(True, b"c"))),
        None,
    ]


@pytest.mark.parametrize("request_", [SEARCHING, Delete("cn=a"), Add("cn=a", VALUES), SimpleBind("u", "p")])
def test_a_refusal_is_an_answer_as_well(played: Played, request_: Request) -> None:
    asked = played.asks(request_)
    played.says(result(asked, 32, "0000208D: no"))
    assert played.calls.take() == Brought(asked.number, Reply(code=32, diagnostic="0000208D: no"))


def test_an_answer_that_cannot_be_read_is_told_to_whoever_asked(played: Played) -> None:
    asked = played.asks()
    played.says(result(asked, controls={PAGES: b"junk"}))
    brought = played.calls.take()
    assert brought is not None
    assert (brought.number, type(brought.body)) == (asked.number, ValueError)


def test_half_a_message_is_none(played: Played) -> None:
    asked = played.asks()
    whole = entry(asked, "cn=a")
    played.says(whole[:5])
    assert played.calls.take() is None
    played.says(whole[5:])
    assert played.calls.take() == Brought(asked.number, Found("cn=a", {}))


def test_what_is_said_unasked_belongs_to_nobody(played: Played) -> None:
    played.asks()
    played.says(result(Asked(0, "extendedReq"), 52))
    assert played.calls.take() == Brought(0, Reply(code=52))


@pytest.mark.parametrize("junk", [b"GET / HTTP/1.1\r\n" * 9, b"\x30\x80\x00\x00", b"\x30\x02\x05\x00"])
def test_what_is_no_ldap_ends_it(played: Played, junk: bytes) -> None:
    played.asks()
    played.says(junk)
    with pytest.raises(BrokenError):
        played.calls.take()


def test_nothing_comes_over_a_closed_connection(played: Played) -> None:
    played.asks()
    played.end.close()
    with pytest.raises(BrokenError):
        played.calls.take()
    with pytest.raises(BrokenError):
        played.calls.send(SEARCHING, ())


def test_a_name_that_cannot_be_read_ends_it(played: Played) -> None:
    asked = played.asks()
    played.says(entry(asked, "cn=aa").replace(b"aa", b"\xff\xfe"))
    with pytest.raises(BrokenError, match="UTF-8"):
        played.calls.take()


def test_what_is_not_written_out_yet_keeps_others_waiting(played: Played) -> None:
    large = Modify("cn=a", (Modification(Doing.REPLACE, "a", (b"x" * 2_000_000,)),))
    played.calls.send(large, ())
    with pytest.raises(FullError):
        played.calls.send(SEARCHING, ())
    come = b""
    while len(come) < 2_000_000:
        come += played.end.recv(100_000)
        assert played.calls.take() is None
    [change] = request_of(come).body["modification"]
    assert [len(value) for value in change["modification"]["vals"]] == [2_000_000]
    assert played.asks().kind == SEARCH


def test_a_filter_that_is_none_is_not_sent(played: Played) -> None:
    with pytest.raises(FilterError):
        played.calls.send(Search(base="", filter="(nonsense"), ())
    assert played.asks().kind == SEARCH


def test_an_answer_that_is_not_wanted_any_more(played: Played) -> None:
    asked = played.asks()
    played.calls.abandon(asked.number)
    told = played.heard()
    assert (told.kind, told.body) == (ABANDON, bytes([asked.number]))


def test_good_bye(played: Played) -> None:
    played.calls.close()
    assert played.heard().kind == UNBIND
    assert played.end.recv(1) == b""
    played.calls.close()  # once is enough


def test_a_step_of_sasl_is_no_call_that_does_not_wait(played: Played) -> None:
    with pytest.raises(TypeError, match="waits"):
        played.calls.send(SaslBind("GSSAPI", b"token"), ())
