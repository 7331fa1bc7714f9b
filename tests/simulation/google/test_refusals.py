"""Refusals carry Google's reasons."""

from simulation.faults import Trouble
from tests.simulation.google.asking import PERSON, Asker, reason


async def test_quotas_and_refused_tokens(asker: Asker) -> None:
    asker.server.faults.trouble = Trouble.THROTTLED
    status, answer = await asker.freebusy(PERSON)
    assert (status, answer["error"]["errors"][0]["domain"], reason(answer)) == (403, "usageLimits", "rateLimitExceeded")
    asker.server.faults.trouble = Trouble.DENIED
    status, answer = await asker.freebusy(PERSON)
    assert (status, reason(answer)) == (401, "authError")
