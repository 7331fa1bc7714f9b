"""Passwords: what is right, at what cost, and what a stranger can learn from the time it takes."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import pytest

from proxy.auth import Refused
from proxy.auth.passwords import CROWDED, WRONG, Passwords, hash_password, objection, verify
from tests.proxy.auth.hashing import Counting, Slow, Time, passwords, unthrottled

RIGHT = None
HERE, ELSEWHERE = ip_address("203.0.113.7"), ip_address("198.51.100.9")


@pytest.mark.parametrize(
    ("name", "secret", "found"),
    [
        ("load1", b"horse:battery", RIGHT),
        ("svc", b"zebra", RIGHT),
        ("svc", b"horse:battery", WRONG),
        ("svc", b"", WRONG),
        ("", b"zebra", WRONG),
        ("nobody", b"zebra", WRONG),
        ("nobody", b"horse:battery", WRONG),  # it is compared with somebody's hash, and fits it
        ("svcz", b"ebra", WRONG),  # name and secret do not run together in what is remembered
    ],
)
async def test_what_is_right(name: str, secret: bytes, found: Refused | None) -> None:
    known = passwords(Counting())
    assert await known.prove("svc", b"zebra") is RIGHT
    assert await known.prove(name, secret) == found
    await known.close()


async def test_an_unknown_name_costs_what_a_wrong_password_costs() -> None:
    costs = []
    for name in ("load1", "nobody"):
        counting = Counting()
        known = passwords(counting, throttled=True)
        for _ in range(3):
            assert await known.prove(name, b"wrong", HERE) == WRONG
        assert await known.prove(name, b"another", HERE) == WRONG
        costs.append(len(counting.hashes))
        await known.close()
    assert costs == [2, 2]  # one for each password, whoever is named


async def test_an_unknown_name_costs_the_costliest_of_the_hashes() -> None:
    salt = "$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA"
    hashes = [f"$argon2id$v=19$m={memory},t={passes},p=1{salt}" for memory, passes in ((64, 1), (19_456, 2), (64, 9))]
    counting = Counting()
    known = Passwords({f"u{n}": text for n, text in enumerate(hashes)}, verify=counting)
    assert await known.prove("nobody", b"x") == WRONG
    assert counting.hashes == [hashes[1]]
    await known.close()


async def _settled() -> None:
    """Everything in the background is over."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_a_busy_caller_costs_one_hash_a_minute() -> None:
    counting, time = Counting(), Time()
    known = passwords(counting, time)
    for second in range(100):
        time.now = float(second)
        assert await known.prove("svc", b"zebra") is RIGHT
        await _settled()
    assert len(counting.hashes) == 2
    await known.close()


async def _crowd(known: Passwords, count: int) -> list[asyncio.Task[Refused | None]]:
    """So many strangers, each with a password of its own, who knocked already."""
    tasks = [asyncio.create_task(known.prove("load1", str(n).encode())) for n in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("age", [61.0, 599.0, 601.0, 10_000.0])
async def test_strangers_do_not_keep_a_proved_caller_waiting(age: float) -> None:
    hashes, time = Slow(), Time()
    known = passwords(hashes, time)
    hashes.go_on.set()
    assert await known.prove("svc", b"zebra") is RIGHT
    hashes.go_on.clear()
    time.now = age
    strangers = await _crowd(known, 30)
    again = asyncio.create_task(known.prove("svc", b"zebra"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert again.done() == (age < 600)  # later the proof is too old to go without
    hashes.go_on.set()
    assert await again is RIGHT
    assert sum(stranger.done() for stranger in strangers) <= 6
    assert set(await asyncio.gather(*strangers)) == {WRONG}
    await _settled()
    await known.close()


async def test_beyond_the_line_strangers_are_refused_unheard_and_may_come_again() -> None:
    hashes = Slow()
    known = passwords(hashes)
    line = await _crowd(known, 32)
    assert await asyncio.wait_for(known.prove("svc", b"zebra"), 5) == CROWDED
    hashes.go_on.set()
    assert set(await asyncio.gather(*line)) == {WRONG}
    assert await known.prove("svc", b"zebra") is RIGHT
    assert len(hashes.hashes) == 33
    await known.close()


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

    known = Passwords({}, verify=verify_in_pairs, throttle=unthrottled(Time()))
    await asyncio.gather(*await _crowd(known, 10))
    assert most == 2
    await known.close()


async def test_a_proof_that_fails_when_it_is_verified_again_is_a_proof_no_more() -> None:
    time, right = Time(), True
    known = Passwords({"u": "[p]"}, verify=lambda _, __: right, clock=time)
    assert await known.prove("u", b"p") is RIGHT
    right, time.now = False, 100.0
    assert await known.prove("u", b"p") is RIGHT
    await _settled()
    assert await known.prove("u", b"p") == WRONG
    await known.close()


async def test_a_hash_that_cannot_be_computed_in_the_background_costs_nobody_anything() -> None:
    time, fails = Time(), False

    def verify_or_fail(_: bytes, __: str) -> bool:
        if fails:
            raise MemoryError
        return True

    known = Passwords({"u": "[p]"}, verify=verify_or_fail, clock=time)
    assert await known.prove("u", b"p") is RIGHT
    fails, time.now = True, 100.0
    assert await known.prove("u", b"p") is RIGHT
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
    assert await known.prove("u", b"p") is RIGHT
    await known.close()


async def test_threads_that_others_block_do_not_hold_up_a_login() -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    blocked = threading.Event()
    other = asyncio.create_task(asyncio.to_thread(blocked.wait, 30))
    known = passwords(Counting())
    assert await asyncio.wait_for(known.prove("svc", b"zebra"), 10) is RIGHT
    blocked.set()
    await other
    await known.close()


async def test_closing_calls_off_who_waits() -> None:
    hashes = Slow()
    known = passwords(hashes)
    waiting = await _crowd(known, 5)
    await known.close()
    hashes.go_on.set()
    assert all(
        isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*waiting, return_exceptions=True)
    )


async def test_the_same_credentials_at_once_cost_one_hash_and_count_once() -> None:
    counting = Counting()
    known = passwords(counting, throttled=True)
    found = await asyncio.gather(*(known.prove("svc", b"zebra", HERE) for _ in range(100)))
    assert set(found) == {RIGHT}
    assert len(counting.hashes) == 1
    await known.close()


async def _guess(known: Passwords, count: int, prefix: str = "guess") -> list[Refused | None]:
    return [await known.prove("svc", f"{prefix}{n}".encode(), HERE) for n in range(count)]


async def test_guesses_are_refused_after_a_limit_without_a_hash_and_told_when_to_come_again() -> None:
    counting = Counting()
    known = passwords(counting, throttled=True)
    found = await _guess(known, 100)
    assert set(found[:5]) == {WRONG}
    assert {(each.status, each.reason) for each in found[5:] if each} == {(429, "throttled")}
    assert all(each and each.retry_after and 1 <= each.retry_after <= 10 for each in found[5:])
    assert len(counting.hashes) == 5
    await known.close()


async def test_many_guesses_at_once_are_counted_before_they_are_found_wrong() -> None:
    hashes = Slow()
    known = passwords(hashes, throttled=True)
    guesses = [asyncio.create_task(known.prove("svc", str(n).encode(), HERE)) for n in range(30)]
    await asyncio.sleep(0)
    hashes.go_on.set()
    found = await asyncio.gather(*guesses)
    assert [each and each.status for each in found].count(401) == 5
    await known.close()


async def test_what_was_proved_before_passes_whoever_guesses_beside_it() -> None:
    time = Time()
    known = passwords(Counting(), time, throttled=True)
    assert await known.prove("svc", b"zebra", HERE) is RIGHT
    for minute in (0, 1, 11, 1000):
        time.now = 60.0 * minute
        await _guess(known, 50, f"{minute}-")
        assert await known.prove("svc", b"zebra", HERE) is RIGHT
    await known.close()


async def test_guesses_from_elsewhere_touch_nobody_here() -> None:
    known = passwords(Counting(), throttled=True)
    await _guess(known, 50)
    assert await known.prove("svc", b"zebra", ELSEWHERE) is RIGHT
    await known.close()


async def test_a_caller_never_proved_before_gets_its_turn_while_its_own_address_is_used_for_guessing() -> None:
    time = Time()
    known = passwords(Counting(), time, throttled=True)
    for second in range(60):
        time.now = float(second)
        await _guess(known, 20, f"{second}-")
        if await known.prove("svc", b"zebra", HERE) is RIGHT:
            break
    assert 0 < time.now <= 11
    await known.close()


@pytest.mark.parametrize("ring", [2, 50, 400, 1_600])
async def test_a_caller_never_proved_before_is_heard_within_half_a_minute_beside_1600_guesses_a_second(
    ring: int,
) -> None:
    """Each guess of the ring comes again and again; the caller comes when it is told to."""
    throttle_time = Time()
    known = passwords(Counting(), throttle_time, throttled=True)
    comes, number = 5.0, 0
    for tick in range(40 * 100):
        throttle_time.now = tick / 100
        for _ in range(16):
            number += 1
            await known.prove("svc", f"{number // (ring * 30)}-{number % ring}".encode(), HERE)
        if throttle_time.now >= comes:
            found = await known.prove("svc", b"zebra", HERE)
            if found is RIGHT:
                break
            assert isinstance(found, Refused)
            comes = throttle_time.now + (found.retry_after or 1)
    assert throttle_time.now <= 5 + 30
    await known.close()


async def test_one_network_does_not_fill_the_line() -> None:
    hashes = Slow()
    known = passwords(hashes, throttled=True)
    guesses = [
        asyncio.create_task(known.prove(f"u{n}", b"guess", ip_address(f"2001:db8:0:{n:x}::1"))) for n in range(100)
    ]
    for _ in range(3):
        await asyncio.sleep(0)
    caller = asyncio.create_task(known.prove("svc", b"zebra", HERE))
    hashes.go_on.set()
    assert await caller is RIGHT
    assert CROWDED in await asyncio.gather(*guesses)
    await known.close()


async def test_who_comes_again_and_again_goes_before_a_line_that_stays_full() -> None:
    hashes, time = Slow(), Time()
    known = passwords(hashes, time)
    line = await _crowd(known, 32)
    for second in range(19):
        time.now = float(second)
        assert await known.prove("svc", b"zebra", HERE) == CROWDED
    time.now = 19.0
    caller = asyncio.create_task(known.prove("svc", b"zebra", HERE))
    hashes.go_on.set()
    assert await caller is RIGHT
    await asyncio.gather(*line)
    await known.close()


async def test_a_wrong_password_that_is_shown_again_and_again_counts_once_a_minute() -> None:
    time = Time()
    known = passwords(Counting(), time, throttled=True)
    for second in range(1_800):  # half an hour of a service whose password was changed
        time.now = float(second)
        assert await known.prove("svc", b"old", HERE) == WRONG
    assert await known.prove("svc", b"zebra", HERE) is RIGHT
    await known.close()


async def test_what_was_right_is_no_guess_however_many_names_an_address_has() -> None:
    names = {f"u{number}": "[p]" for number in range(100)}
    known = Passwords(names, verify=Counting(), clock=Time())
    assert {await known.prove(name, b"p", HERE) for name in names} == {RIGHT}
    await known.close()


def test_hashes_are_salted_and_known_again() -> None:
    first, second = hash_password("horse"), hash_password("horse")
    assert first != second
    assert not objection(first)
    assert verify(b"horse", first)
    assert verify(b"horse", second)
    assert not verify(b"zebra", first)


@pytest.mark.parametrize("text", ["horse", "", "$argon2id$v=19$m=1,t=1,p=1$abc$def", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash(text: str) -> None:
    assert objection(text) == "is not a hash"


async def test_what_was_proved_is_recalled_for_a_minute_without_a_hash() -> None:
    counting, time = Counting(), Time()
    known = passwords(counting, time)
    assert not known.is_fresh(known.digest("svc", b"zebra"))
    assert await known.prove("svc", b"zebra") is RIGHT
    assert await known.prove("svc", b"wrong") == WRONG
    for name, secret, recalled in (("svc", b"zebra", True), ("svc", b"wrong", False), ("load1", b"zebra", False)):
        assert known.is_fresh(known.digest(name, secret)) is recalled
    time.now = 59.9
    assert known.is_fresh(known.digest("svc", b"zebra"))
    time.now = 60.0
    assert not known.is_fresh(known.digest("svc", b"zebra"))
    assert len(counting.hashes) == 2
    await known.close()
