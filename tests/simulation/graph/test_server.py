"""The simulated Graph answers whoever may ask, four at once."""

import asyncio

from simulation.faults import Trouble
from tests.simulation.graph.asking import ANCHOR, PERSON, POWERLESS, Asker, body


async def test_who_may_ask(asker: Asker) -> None:
    tokens = asker.server.tokens
    assert (await asker.ask(body(PERSON), token="forged"))[0] == 401
    assert (await asker.ask(body(PERSON), token=tokens.issue(roles=POWERLESS.roles)))[0] == 403
    assert (await asker.ask(body(PERSON), user="users/nobody@contoso.example"))[0] == 404
    assert (await asker.ask(body(PERSON), user="me"))[0] == 400
    assert (await asker.ask(body(PERSON), user="me", token=tokens.issue(user=ANCHOR)))[0] == 200
    tokens.revoke_all()
    asker.server.faults.trouble = Trouble.DENIED
    assert (await asker.ask(body(PERSON)))[0] == 401


async def test_answers_that_are_too_many_or_somebody_else_s(asker: Asker) -> None:
    asker.server.faults.trouble = Trouble.TOO_MANY
    _, told = await asker.ask(body(PERSON, ANCHOR))
    assert [each["scheduleId"] for each in told["value"]] == [PERSON, ANCHOR, PERSON]
    asker.server.faults.trouble = Trouble.SOMEBODY_ELSE
    _, told = await asker.ask(body(PERSON))
    assert [each["scheduleId"] for each in told["value"]] == [f"not.{PERSON}"]


async def test_a_fifth_question_at_once_is_one_too_many(asker: Asker) -> None:
    asker.server.faults.latency = 0.05
    statuses = [status for status, _ in await asyncio.gather(*(asker.ask(body(PERSON)) for _ in range(6)))]
    assert sorted(statuses) == [200] * 4 + [429] * 2
    assert asker.server.most_at_once_per_mailbox[ANCHOR] == 4
