"""The pauses after refused sign-ins."""

import asyncio

import pytest

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.attempts import Attempts, spared


class Account:
    """Takes the password while ``right``; counts who tries, and how many at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.right = False
        self.tries = self.most_at_once = self._at_once = 0
        self.attempts = Attempts(clock=lambda: self.now)

    async def sign_in(self) -> str:
        return await self.attempts.make(self._try)

    async def _try(self) -> str:
        self.tries += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        if not self.right:
            raise PeerError(Reason.UNAUTHORIZED, "wrong")
        self.attempts.succeeded()
        return "in"


async def test_pauses_grow_to_an_hour() -> None:
    account, tried = Account(), []
    for account.now in range(0, 12_000, 10):
        before = account.tries
        with pytest.raises(PeerError, match="wrong"):
            await account.sign_in()
        if account.tries > before:
            tried.append(account.now)
    assert tried == [0, 120, 600, 2520, 6120, 9720]
    assert all(sum(start <= at < start + 1800 for at in tried) <= 3 for start in range(0, 12_000, 10))


async def test_the_pause_is_told() -> None:
    account = Account()
    with pytest.raises(PeerError):
        await account.sign_in()
    account.now = 20.0
    with pytest.raises(PeerError, match="wrong; not tried again for 100 s, lest the account be locked") as raised:
        await account.sign_in()
    assert raised.value.reason is Reason.UNAUTHORIZED
    assert raised.value.retry_after is not None


async def test_one_tries_for_all_while_the_password_is_unproved() -> None:
    account = Account()
    results = await asyncio.gather(*(account.sign_in() for _ in range(10)), return_exceptions=True)
    assert all(isinstance(result, PeerError) for result in results)
    assert account.tries == 1


async def test_several_at_once_once_it_is_proved_and_for_a_minute() -> None:
    account = Account()
    account.right = True
    assert await account.sign_in() == "in"
    await asyncio.gather(*(account.sign_in() for _ in range(10)))
    assert account.most_at_once == 10
    account.now, account.most_at_once, account.right = 60.0, 0, False
    await asyncio.gather(*(account.sign_in() for _ in range(10)), return_exceptions=True)
    assert account.most_at_once == 1


async def test_a_success_ends_the_growth() -> None:
    account = Account()
    for account.now in (0.0, 120.0):
        with pytest.raises(PeerError):
            await account.sign_in()
    account.now, account.right = 600.0, True
    await account.sign_in()
    account.now, account.right = 700.0, False
    with pytest.raises(PeerError):
        await account.sign_in()
    account.now = 714.0
    with pytest.raises(PeerError, match="not tried again"):
        await account.sign_in()
    account.now, account.right = 715.0, True  # what was right before is tried again soon, once
    assert await account.sign_in() == "in"
    account.right, tried = False, []
    for account.now in range(1000, 4000, 5):
        before = account.tries
        with pytest.raises(PeerError):
            await account.sign_in()
        if account.tries > before:
            tried.append(account.now)
    assert tried == [1000, 1015, 1135, 1615, 3535]


async def test_other_failures_begin_no_pause() -> None:
    attempts, tries = Attempts(clock=lambda: 0.0), 0

    async def unreachable() -> None:
        nonlocal tries
        tries += 1
        raise PeerError(Reason.UNREACHABLE, "gone")

    for _ in range(3):
        with pytest.raises(PeerError, match="gone"):
            await attempts.make(unreachable)
    assert tries == 3


async def test_a_password_in_every_request_is_spared_too() -> None:
    now, statuses, sent = 0.0, [401], 0

    async def send(_: HttpRequest) -> HttpResponse:
        nonlocal sent
        sent += 1
        return HttpResponse(statuses[0])

    asking = spared(send, Attempts(clock=lambda: now, together=True))
    request = HttpRequest("POST", "https://x")
    for moment, count in ((0.0, 1), (0.0, 2), (119.0, 2), (120.0, 3), (599.0, 3)):
        now = moment
        with pytest.raises(PeerError, match="HTTP 401: user name or password is refused"):
            await asking(request)
        assert sent == count
    now = 600.0
    for statuses[0] in (500, 200, 503):
        assert (await asking(request)).status == statuses[0]


async def test_questions_that_are_attempts_do_not_wait_for_one_another() -> None:
    attempts, both = Attempts(clock=lambda: 0.0, together=True), asyncio.Barrier(2)

    async def send(_: HttpRequest) -> HttpResponse:
        await both.wait()
        return HttpResponse(200)

    asking = spared(send, attempts)
    request = HttpRequest("POST", "https://x")
    async with asyncio.timeout(5):
        await asyncio.gather(asking(request), asking(request))
