"""/metrics of several processes: what is asked for is answered, and nothing is changed by it."""

from aiohttp.test_utils import make_mocked_request

from proxy.fronts.joined import JoinedMetricsFront
from proxy.fronts.record import Record


async def test_what_all_have_counted_is_asked_for() -> None:
    async def exposition() -> tuple[bytes, str]:
        return b"a 1\n", "text/plain; version=1.0"

    front = JoinedMetricsFront(exposition)
    answer = await front.answer(make_mocked_request("GET", "/metrics"), Record("id"))
    assert (answer.body, answer.headers["Content-Type"]) == (b"a 1\n", "text/plain; version=1.0")
    assert (await front.answer(make_mocked_request("POST", "/metrics"), Record("id"))).status == 405
