"""Basic authentication: who is proved, at what cost, and what a stranger can learn from the time it takes."""

import asyncio
import base64
import threading

import pytest

from protocols.model.caller import Caller
from proxy.auth.basic import BasicAuth, Credential, hash_password, is_hash, verify

NORTHWIND = Caller("northwind", "Northwind", "basic")
CONTOSO = Caller("contoso", "Contoso", "basic")


class Counting:
    """In place of the hash: as many entries as computations, and the hashes computed against."""

    def __init__(self) -> None:
        self.hashes: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, password: bytes, password_hash: str) -> bool:
        """Right where the hash is the password between brackets."""
        with self._lock:
            self.hashes.append(password_hash)
        return password_hash == f"[{password.decode()}]"


class Time:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _auth(counting: Counting, time: Time | None = None) -> BasicAuth:
    credentials = (
        Credential(("interop@northwind.example", "load1@northwind.example"), "[horse:battery]", NORTHWIND),
        Credential(("CONTOSO\\svc",), "[zebra]", CONTOSO),
    )
    return BasicAuth(credentials, verify=counting, clock=time or Time())


def _header(username: str, password: str, *, scheme: str = "Basic", encoding: str = "utf-8") -> str:
    return f"{scheme} " + base64.b64encode(f"{username}:{password}".encode(encoding)).decode()


@pytest.mark.parametrize(
    ("username", "password", "caller"),
    [
        ("interop@northwind.example", "horse:battery", NORTHWIND),
        ("Load1@Northwind.example", "horse:battery", NORTHWIND),
        ("contoso\\SVC", "zebra", CONTOSO),
        ("svc", "zebra", None),
        ("svc@contoso", "zebra", None),
        ("interop@northwind.example", "zebra", None),
        ("interop@northwind.example", "", None),
        ("", "zebra", None),
    ],
)
async def test_who_is_proved(username: str, password: str, caller: Caller | None) -> None:
    assert await _auth(Counting()).identify(_header(username, password)) == caller


async def test_an_unknown_name_costs_what_a_wrong_password_costs() -> None:
    costs = []
    for username in ("interop@northwind.example", "nobody@northwind.example"):
        counting = Counting()
        auth = _auth(counting)
        for _ in range(3):
            assert await auth.identify(_header(username, "wrong")) is None
        assert await auth.identify(_header(username, "another")) is None
        costs.append(len(counting.hashes))
    assert costs == [2, 2]  # one for each password, whoever is named


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic !!!", "Basic bm9uZQ==", "Bearer abc", "Negotiate YII=", "Basic " + "A" * 5000],
)
async def test_what_is_no_proof_costs_nothing(header: str | None) -> None:
    counting = Counting()
    assert await _auth(counting).identify(header) is None
    assert counting.hashes == []


async def test_a_busy_caller_costs_one_hash_a_minute() -> None:
    counting, time = Counting(), Time()
    auth = _auth(counting, time)
    header = _header("CONTOSO\\svc", "zebra")
    for second in range(100):
        time.now = float(second)
        assert await auth.identify(header) == CONTOSO
    assert len(counting.hashes) == 2


async def test_the_same_credentials_at_once_cost_one_hash() -> None:
    counting = Counting()
    auth = _auth(counting)
    header = _header("CONTOSO\\svc", "zebra")
    found = await asyncio.gather(*(auth.identify(header) for _ in range(100)))
    assert set(found) == {CONTOSO}
    assert len(counting.hashes) == 1


async def test_an_older_client_writes_latin_1() -> None:
    password_hash = hash_password("grün")
    auth = BasicAuth([Credential(("u",), password_hash, CONTOSO)])
    for encoding in ("utf-8", "latin-1"):
        assert await auth.identify(_header("u", "grün", encoding=encoding)) == CONTOSO


async def test_without_any_caller_nobody_comes_in() -> None:
    assert await BasicAuth([]).identify(_header("a", "b")) is None


def test_hashes_are_salted_and_known_again() -> None:
    first, second = hash_password("horse"), hash_password("horse")
    assert first != second
    assert is_hash(first)
    assert verify(b"horse", first)
    assert verify(b"horse", second)
    assert not verify(b"zebra", first)


@pytest.mark.parametrize("text", ["horse", "", "$argon2id$v=19$m=1,t=1,p=1$abc$def", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash(text: str) -> None:
    assert not is_hash(text)
