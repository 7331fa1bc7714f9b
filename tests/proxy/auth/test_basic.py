"""Basic authentication: who is proved, however old or new the client, and what is no failure."""

import base64

import pytest

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.basic import BasicAuth, Credential, hashes
from proxy.auth.passwords import WRONG, Passwords, hash_password
from tests.proxy.auth.hashing import Counting, Time, unthrottled

NORTHWIND = Caller("northwind", "Northwind", "basic")
CONTOSO = Caller("contoso", "Contoso", "basic")
CREDENTIALS = (
    Credential(("interop@northwind.example", "load1@northwind.example"), "[horse:battery]", NORTHWIND),
    Credential(("CONTOSO\\svc",), "[zebra]", CONTOSO),
)


def _auth(counting: Counting, clock: Time | None = None) -> BasicAuth:
    known = Passwords(hashes(CREDENTIALS), verify=counting, clock=clock or Time(), throttle=unthrottled(Time()))
    return BasicAuth(CREDENTIALS, known)


def _header(username: str, password: str, *, scheme: str = "Basic", encoding: str = "utf-8") -> Knock:
    return Knock(f"{scheme} " + base64.b64encode(f"{username}:{password}".encode(encoding)).decode())


@pytest.mark.parametrize(
    ("username", "password", "found"),
    [
        ("interop@northwind.example", "horse:battery", NORTHWIND),
        ("Load1@Northwind.example", "horse:battery", NORTHWIND),
        ("contoso\\SVC", "zebra", CONTOSO),
        ("svc", "zebra", WRONG),
        ("svc@contoso", "zebra", WRONG),
        ("interop@northwind.example", "zebra", WRONG),
        ("interop@northwind.example", "", WRONG),
        ("", "zebra", WRONG),
    ],
)
async def test_who_is_proved(username: str, password: str, found: Caller | Refused) -> None:
    assert await _auth(Counting()).identify(_header(username, password)) == found


async def test_the_scheme_is_known_in_any_letter_case() -> None:
    assert await _auth(Counting()).identify(_header("CONTOSO\\svc", "zebra", scheme="bAsIC")) == CONTOSO


@pytest.mark.parametrize("header", [None, "", "Basic", "Basic ", "Basic   ", "Bearer", "Bearer abc", "Negotiate YII="])
async def test_nothing_shown_of_this_kind_is_left_to_the_next_way(header: str | None) -> None:
    counting = Counting()
    assert await _auth(counting).identify(Knock(header)) is None
    assert counting.hashes == []


@pytest.mark.parametrize("header", ["Basic !!!", "Basic bm9uZQ==", "Basic " + "A" * 5000])
async def test_what_cannot_be_read_is_refused_and_costs_nothing(header: str) -> None:
    counting = Counting()
    assert await _auth(counting).identify(Knock(header)) == Refused("unreadable-credentials")
    assert counting.hashes == []


async def test_an_older_client_writes_latin_1() -> None:
    credentials = [Credential(("jürgen",), hash_password("grün"), CONTOSO)]
    auth = BasicAuth(credentials, Passwords(hashes(credentials)))
    for encoding in ("utf-8", "latin-1"):
        assert await auth.identify(_header("jürgen", "grün", encoding=encoding)) == CONTOSO


async def test_without_any_caller_nobody_comes_in() -> None:
    assert await BasicAuth([], Passwords({})).identify(_header("a", "b")) == WRONG


async def test_a_caller_is_recalled_by_what_it_proved_and_by_nothing_else() -> None:
    auth = _auth(Counting())
    right = _header("interop@northwind.example", "horse:battery")
    assert auth.recall(right) is None
    assert await auth.identify(right) == NORTHWIND
    assert auth.recall(right) is NORTHWIND
    assert auth.recall(_header("Interop@northwind.example", "horse:battery")) is NORTHWIND
    for other in (
        _header("interop@northwind.example", "wrong"),
        _header("load1@northwind.example", "horse:battery"),  # never shown yet
        _header("interop@northwind.example", "horse:battery", scheme="Bearer"),
        Knock(None),
        Knock("Basic"),
        Knock("Basic !!!"),
    ):
        assert auth.recall(other) is None


async def test_nobody_is_recalled_for_longer_than_its_proof_is_fresh() -> None:
    time = Time()
    auth = _auth(Counting(), time)
    right = _header("interop@northwind.example", "horse:battery")
    assert await auth.identify(right) == NORTHWIND
    assert [auth.recall(right), auth.recall(right)] == [NORTHWIND] * 2
    time.now = 60.0
    assert auth.recall(right) is None


async def test_there_are_more_ways_to_show_a_credential_than_are_remembered() -> None:
    auth = _auth(Counting())
    right = _header("interop@northwind.example", "horse:battery").authorization or ""
    assert await auth.identify(Knock(right)) == NORTHWIND
    for number in range(3_000):
        assert auth.recall(Knock(right.replace(" ", " " * (number + 1), 1))) is NORTHWIND
