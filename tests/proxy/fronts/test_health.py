"""For whoever watches: alive, ready, and the numbers."""

from aiohttp.test_utils import make_mocked_request

from proxy.fronts.health import HealthFront, MetricsFront
from proxy.fronts.record import Record

RECORD = Record("id")


async def test_ready_and_not_ready() -> None:
    for ready, status in ((True, 200), (False, 503)):
        front = HealthFront(lambda ready=ready: ready)  # type: ignore[misc]
        assert (await front.answer(make_mocked_request("GET", "/readyz"), RECORD)).status == status
        assert (await front.answer(make_mocked_request("GET", "/healthz"), RECORD)).status == 200
        assert (await front.answer(make_mocked_request("POST", "/healthz"), RECORD)).status == 405


async def test_whoever_is_not_ready_says_why_where_that_is_known() -> None:
    for doubts, words in (([], "not ready\n"), (["no worker serves yet"], "not ready\nno worker serves yet\n")):
        front = HealthFront(lambda: False, doubts=lambda doubts=doubts: doubts)  # type: ignore[misc]
        answer = await front.answer(make_mocked_request("GET", "/readyz"), RECORD)
        assert (answer.status, answer.text) == (503, words)


async def test_metrics() -> None:
    front = MetricsFront(lambda: (b"a 1\n", "text/plain; version=1.0"))
    answer = await front.answer(make_mocked_request("GET", "/metrics"), RECORD)
    assert (answer.body, answer.headers["Content-Type"]) == (b"a 1\n", "text/plain; version=1.0")
    assert (await front.answer(make_mocked_request("POST", "/metrics"), RECORD)).status == 405


async def test_doubts_are_told_and_leave_the_process_alive() -> None:
    doubts = ["the certificate expired on 2026-11-19"]
    front = HealthFront(lambda: True, doubts=lambda: doubts)
    answer = await front.answer(make_mocked_request("GET", "/readyz"), RECORD)
    assert (answer.status, answer.text) == (503, "not ready\nthe certificate expired on 2026-11-19\n")
    assert (await front.answer(make_mocked_request("GET", "/healthz"), RECORD)).status == 200
    doubts.clear()
    assert (await front.answer(make_mocked_request("GET", "/readyz"), RECORD)).status == 200
