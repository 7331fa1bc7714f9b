"""How much an application may ask of one simulated mailbox."""

import asyncio

from simulation.graph.mailbox_limits import MOST, TENANT, WHILE, MailboxLimits, Reply
from simulation.graph.schedule import GraphRefusal

OK = Reply(200, {})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def ask(limits: MailboxLimits, mailbox: str = "a") -> Reply:
    return await limits.within(mailbox, "GET", "/x", lambda: OK)


async def test_a_fifth_request_at_once_is_one_too_many_at_that_mailbox_alone() -> None:
    limits = MailboxLimits(clock=Clock(), latency=0.01)
    replies = await asyncio.gather(*(ask(limits) for _ in range(6)), *(ask(limits, "b") for _ in range(4)))
    assert [each.status for each in replies] == [200] * 4 + [429] * 2 + [200] * 4
    assert replies[4].headers == {"Retry-After": "1"}
    assert "MailboxConcurrency" in str(replies[4].body)
    assert (limits.most["a"], limits.most["b"]) == (4, 4)
    assert (limits.answered[200], limits.answered[429]) == (8, 2)
    assert (await ask(limits)).status == 200


async def test_ten_thousand_in_ten_minutes_and_then_peace() -> None:
    clock = Clock()
    limits = MailboxLimits(clock=clock)
    for number in range(MOST):
        clock.now = number / TENANT * 2
        assert (await ask(limits)).status == 200
    refused = await ask(limits)
    assert (refused.status, refused.headers) == (429, {"Retry-After": str(int(WHILE - clock.now) + 1)})
    assert (await ask(limits, "b")).status == 200
    clock.now = WHILE
    assert (await ask(limits)).status == 200


async def test_a_tenant_has_a_limit_of_its_own() -> None:
    limits = MailboxLimits(clock=Clock())
    statuses = [(await ask(limits, str(number % 100))).status for number in range(TENANT + 1)]
    assert (statuses.count(200), statuses[-1]) == (TENANT, 429)


async def test_a_test_may_refuse_what_it_likes() -> None:
    limits = MailboxLimits(clock=Clock())
    limits.refuse = lambda method, path: 7.0 if method == "GET" else None
    assert (await ask(limits)).headers == {"Retry-After": "7"}
    assert (await limits.within("a", "POST", "/x", lambda: OK)).status == 200


async def test_a_refusal_is_an_answer_like_others_and_frees_its_place() -> None:
    def refused() -> Reply:
        raise GraphRefusal(404, "ErrorItemNotFound", "not there")

    limits = MailboxLimits(clock=Clock())
    replies = [await limits.within("a", "GET", "/x", refused) for _ in range(5)]
    assert {each.status for each in replies} == {404}
    assert replies[0].body == {"error": {"code": "ErrorItemNotFound", "message": "not there"}}
