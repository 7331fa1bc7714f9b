"""Basic authentication: who is proved, at what cost, and what a stranger can learn from the time it takes."""

import asyncio
import base64
import threading
from concurrent.futures import ThreadPoolExecutor

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


async def _settled() -> None:
    """Everything in the background is over."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_a_busy_caller_costs_one_hash_a_minute() -> None:
    counting, time = Counting(), Time()
    auth = _auth(counting, time)
    header = _header("CONTOSO\\svc", "zebra")
    for second in range(100):
        time.now = float(second)
        assert await auth.identify(header) == CONTOSO
        await _settled()
    assert len(counting.hashes) == 2


class Slow(Counting):
    """Hashes that end when they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def __call__(self, password: bytes, password_hash: str) -> bool:
        right = super().__call__(password, password_hash)
        assert self.go_on.wait(30)
        return right


async def _crowd(auth: BasicAuth, count: int) -> list[asyncio.Task[Caller | None]]:
    """So many strangers, each with a password of its own, who knocked already."""
    tasks = [asyncio.create_task(auth.identify(_header("load1@northwind.example", str(n)))) for n in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("age", [61.0, 599.0, 601.0, 10_000.0])
async def test_strangers_do_not_keep_a_proved_caller_waiting(age: float) -> None:
    hashes, time = Slow(), Time()
    auth = _auth(hashes, time)
    hashes.go_on.set()
    header = _header("CONTOSO\\svc", "zebra")
    assert await auth.identify(header) == CONTOSO
    hashes.go_on.clear()
    time.now = age
    strangers = await _crowd(auth, 30)
    again = asyncio.create_task(auth.identify(header))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert again.done() == (age < 600)  # later the proof is too old to go without
    hashes.go_on.set()
    assert await again == CONTOSO
    assert sum(stranger.done() for stranger in strangers) <= 6
    assert set(await asyncio.gather(*strangers)) == {None}
    await _settled()
    await auth.close()


async def test_beyond_the_line_strangers_are_refused_unheard_and_may_come_again() -> None:
    hashes = Slow()
    auth = _auth(hashes)
    line = await _crowd(auth, 32)
    unheard = _header("CONTOSO\\svc", "zebra")
    assert await asyncio.wait_for(auth.identify(unheard), 5) is None
    hashes.go_on.set()
    assert set(await asyncio.gather(*line)) == {None}
    assert await auth.identify(unheard) == CONTOSO
    assert len(hashes.hashes) == 33
    await auth.close()


async def test_never_more_than_two_hashes_at_once() -> None:
    under_way, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2)

    def verify_in_pairs(_: bytes, __: str) -> bool:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        both.wait(30)
        with lock:
            under_way -= 1
        return False

    auth = BasicAuth([], verify=verify_in_pairs)
    await asyncio.gather(*await _crowd(auth, 10))
    assert most == 2
    await auth.close()


async def test_a_proof_that_fails_when_it_is_verified_again_is_a_proof_no_more() -> None:
    time, right = Time(), True
    auth = BasicAuth([Credential(("u",), "[p]", CONTOSO)], verify=lambda _, __: right, clock=time)
    assert await auth.identify(_header("u", "p")) == CONTOSO
    right, time.now = False, 100.0
    assert await auth.identify(_header("u", "p")) == CONTOSO
    await _settled()
    assert await auth.identify(_header("u", "p")) is None
    await auth.close()


async def test_a_hash_that_cannot_be_computed_in_the_background_costs_nobody_anything() -> None:
    time, fails = Time(), False

    def verify_or_fail(_: bytes, __: str) -> bool:
        if fails:
            raise MemoryError
        return True

    auth = BasicAuth([Credential(("u",), "[p]", CONTOSO)], verify=verify_or_fail, clock=time)
    assert await auth.identify(_header("u", "p")) == CONTOSO
    fails, time.now = True, 100.0
    assert await auth.identify(_header("u", "p")) == CONTOSO
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
    assert await auth.identify(_header("u", "p")) == CONTOSO
    await auth.close()


async def test_threads_that_others_block_do_not_hold_up_a_login() -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    blocked = threading.Event()
    other = asyncio.create_task(asyncio.to_thread(blocked.wait, 30))
    auth = _auth(Counting())
    assert await asyncio.wait_for(auth.identify(_header("CONTOSO\\svc", "zebra")), 10) == CONTOSO
    blocked.set()
    await other
    await auth.close()


async def test_closing_calls_off_who_waits() -> None:
    hashes = Slow()
    auth = _auth(hashes)
    waiting = await _crowd(auth, 5)
    await auth.close()
    hashes.go_on.set()
    assert all(
        isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*waiting, return_exceptions=True)
    )


async def test_an_unknown_name_costs_the_costliest_of_the_hashes() -> None:
    salt = "$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA"
    hashes = [f"$argon2id$v=19$m={memory},t={passes},p=1{salt}" for memory, passes in ((64, 1), (19_456, 2), (64, 9))]
    counting = Counting()
    credentials = [Credential((f"u{n}",), text, CONTOSO) for n, text in enumerate(hashes)]
    auth = BasicAuth(credentials, verify=counting)
    assert await auth.identify(_header("nobody", "x")) is None
    assert counting.hashes == [hashes[1]]
    await auth.close()


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
