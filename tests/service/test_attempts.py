"""The pauses after refused sign-ins."""

import asyncio
from datetime import timedelta

import pytest

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.attempts import Attempts, Turn, spared

REQUEST = HttpRequest("POST", "https://x")


class Account:
    """Takes the password while ``right``; counts who tries, and how many at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.right = False
        self.tries = self.most_at_once = self._at_once = 0
        self.attempts = Attempts(clock=lambda: self.now)

    async def sign_in(self) -> str:
        return await self.attempts.make(self._try)

    async def _try(self, turn: Turn) -> str:
        self.tries += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        if not self.right:
            raise PeerError(Reason.UNAUTHORIZED, "wrong")
        turn.succeeded()
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


async def test_two_at_once_once_it_is_proved_and_for_a_minute() -> None:
    account = Account()
    account.right = True
    await asyncio.gather(*(account.sign_in() for _ in range(10)))
    assert account.tries == 10
    assert account.most_at_once == 2
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

    async def unreachable(_: Turn) -> None:
        nonlocal tries
        tries += 1
        raise PeerError(Reason.UNREACHABLE, "gone")

    for _ in range(3):
        with pytest.raises(PeerError, match="gone"):
            await attempts.make(unreachable)
    assert tries == 3


async def test_a_password_changed_a_moment_ago_costs_two_attempts_however_many_ask() -> None:
    account = Account()
    account.right = True
    await account.sign_in()
    account.now, account.right, account.tries = 30.0, False, 0
    tried = []
    for account.now in range(30, 4000, 5):
        before = account.tries
        await asyncio.gather(*(account.sign_in() for _ in range(10)), return_exceptions=True)
        tried += [account.now] * (account.tries - before)
    assert tried == [30, 30, 45, 525, 2445]  # four in any half hour, as after one refusal


async def test_whoever_is_under_way_looks_again_before_the_password_goes_out() -> None:
    """Two may be under way: the second is at its challenge yet when the first is refused."""
    now, sent, ready, refused = 0.0, [], asyncio.Event(), asyncio.Event()
    attempts = Attempts(clock=lambda: now)

    async def proves(turn: Turn) -> None:
        turn.succeeded()

    async def first(_: Turn) -> None:
        await ready.wait()
        sent.append("first")
        raise PeerError(Reason.UNAUTHORIZED, "wrong")

    async def second(turn: Turn) -> None:
        ready.set()
        await refused.wait()
        turn.check()
        sent.append("second")

    await attempts.make(proves)
    under_way = asyncio.create_task(attempts.make(second))
    with pytest.raises(PeerError, match="wrong"):
        await attempts.make(first)
    refused.set()
    with pytest.raises(PeerError, match="wrong; not tried again for 15 s"):
        await under_way
    assert sent == ["first"]
    now = 15.0
    await attempts.make(proves)  # to be held back is no second refusal


async def test_a_success_begun_before_a_refusal_proves_nothing_any_more() -> None:
    """The password may have been changed between the two, which were under way together."""
    account, refused, begun = Account(), asyncio.Event(), asyncio.Event()
    account.right = True
    await account.sign_in()

    async def slow(turn: Turn) -> None:
        begun.set()
        await refused.wait()
        turn.succeeded()

    under_way = asyncio.create_task(account.attempts.make(slow))
    await begun.wait()
    account.right = False
    with pytest.raises(PeerError, match="wrong"):
        await account.sign_in()
    refused.set()
    await under_way
    account.now, account.tries = 15.0, 0
    await asyncio.gather(*(account.sign_in() for _ in range(10)), return_exceptions=True)
    assert account.tries == 1


async def test_who_gives_up_waiting_or_trying_leaves_the_turn_to_the_others() -> None:
    account = Account()
    account.right = True

    async def hang(_: Turn) -> None:
        await asyncio.Event().wait()

    hanging = asyncio.create_task(account.attempts.make(hang))
    waiting = [asyncio.create_task(account.sign_in()) for _ in range(3)]
    await asyncio.sleep(0)
    assert account.tries == 0
    waiting[0].cancel()
    hanging.cancel()
    assert await waiting[1] == await waiting[2] == "in"


class Gate:
    """A server that reads the password in every request; it answers when ``opened``."""

    def __init__(self, *statuses: int) -> None:
        self.now = 0.0
        self.statuses = list(statuses)  # the last one stays
        self.sent = self.at_once = self.most_at_once = 0
        self.arrivals: asyncio.Queue[None] = asyncio.Queue()
        self.opened = asyncio.Event()
        self.opened.set()
        self.attempts = Attempts(clock=lambda: self.now, together=True)
        self.ask = spared(self.send, self.attempts)

    async def send(self, _: HttpRequest) -> HttpResponse:
        self.sent += 1
        self.arrivals.put_nowait(None)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            await self.opened.wait()
        finally:
            self.at_once -= 1
        return HttpResponse(status)

    async def many(self, count: int = 10) -> list[HttpResponse | BaseException]:
        return await asyncio.gather(*(self.ask(REQUEST) for _ in range(count)), return_exceptions=True)


async def test_a_password_in_every_request_is_spared_too() -> None:
    gate = Gate(401)
    for gate.now, count in ((0.0, 1), (0.0, 1), (119.0, 1), (120.0, 2), (599.0, 2), (600.0, 3)):
        with pytest.raises(PeerError, match="HTTP 401: user name or password is refused"):
            await gate.ask(REQUEST)
        assert gate.sent == count
    gate.now = 2520.0
    for gate.statuses[0] in (500, 200, 503):
        assert (await gate.ask(REQUEST)).status == gate.statuses[0]


async def test_a_wrong_password_in_every_request_is_sent_once_however_many_ask() -> None:
    gate = Gate(401)
    assert all(isinstance(answer, PeerError) for answer in await gate.many())
    assert gate.sent == 1


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_what_a_gateway_says_proves_no_password(status: int) -> None:
    gate = Gate(status, status, 401)
    await gate.many()
    assert gate.sent == 3  # two said nothing of it, the third did; nobody went beside another
    assert gate.most_at_once == 1


async def test_questions_go_together_once_the_password_is_proved() -> None:
    gate = Gate(200)
    await gate.many()
    assert (gate.sent, gate.most_at_once) == (10, 9)  # the first went alone


async def test_a_password_changed_meanwhile_is_sent_no_more_once_one_was_refused() -> None:
    """Those under way have sent it, which nothing can undo; they count as two, and nobody follows."""
    gate = Gate(200)
    await gate.ask(REQUEST)
    await gate.arrivals.get()
    gate.statuses, gate.sent = [401], 0
    gate.opened.clear()
    under_way = asyncio.create_task(gate.many(4))
    for _ in range(4):
        await gate.arrivals.get()
    gate.opened.set()
    assert all(isinstance(answer, PeerError) for answer in await under_way)
    sent = {}
    for gate.now in (0.0, 14.0, 15.0, 494.0, 495.0):
        await gate.many()
        sent[gate.now] = gate.sent
    assert sent == {0.0: 4, 14.0: 4, 15.0: 5, 494.0: 5, 495.0: 6}


async def test_a_server_that_refused_several_at_once_for_a_moment_is_believed_after_the_first_pause() -> None:
    """The password was right before and is right again: how many were under way together says nothing of it."""
    gate = Gate(200)
    await gate.ask(REQUEST)
    await gate.arrivals.get()
    gate.statuses = [401]
    gate.opened.clear()
    under_way = asyncio.create_task(gate.many(4))
    for _ in range(4):
        await gate.arrivals.get()
    gate.opened.set()
    await under_way
    gate.now, gate.statuses = 15.0, [200]
    assert all(isinstance(answer, HttpResponse) for answer in await gate.many())
    gate.now, gate.statuses = 100.0, [401]  # and all is forgotten
    await gate.many(1)
    with pytest.raises(PeerError, match="not tried again for 15 s"):
        await gate.ask(REQUEST)


async def test_nobody_waits_for_a_turn_for_ever() -> None:
    gate = Gate(200)
    gate.opened.clear()
    ask = spared(gate.send, gate.attempts, patience=timedelta(milliseconds=20))
    first = asyncio.create_task(gate.many(1))
    await gate.arrivals.get()
    with pytest.raises(PeerError, match="sign-in of another question") as raised:
        await ask(REQUEST)
    assert raised.value.reason is Reason.TIMEOUT
    gate.opened.set()
    [answer] = await first
    assert isinstance(answer, HttpResponse)
    assert gate.sent == 1


async def test_a_server_that_offers_no_basic_says_nothing_of_the_password() -> None:
    async def send(_: HttpRequest) -> HttpResponse:
        return HttpResponse(401, Headers((("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM"))))

    words = 'HTTP 401: the server offers Negotiate and NTLM, not Basic: set kind = "negotiate" or "ntlm" in its auth'
    with pytest.raises(PeerError) as error:
        await spared(send, Attempts(together=True))(REQUEST)
    assert str(error.value) == f"unauthorized: {words}"
