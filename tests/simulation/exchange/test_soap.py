"""A fault says in Exchange's words what is wrong and when to come back."""

from simulation.faults import Trouble
from tests.simulation.exchange.asking import ADDRESS, Asker, question


async def test_throttling_tells_when_to_come_back(asker: Asker) -> None:
    faults = asker.server.faults
    faults.trouble, faults.retry_after = Trouble.THROTTLED, 3
    status, _, body = await asker.post(question(ADDRESS))
    assert status == 500
    assert b'Name="BackOffMilliseconds">3000<' in body
    faults.throttle_status = 503
    status, response, _ = await asker.post(question(ADDRESS))
    assert (status, response.headers["Retry-After"]) == (503, "3")
