"""Who is turned away learns what to show, or when to come again, and nothing else; the log learns why."""

from pathlib import Path
from typing import Any

import aiohttp
from structlog.testing import capture_logs

from proxy.auth import Refused
from proxy.fronts.entrance import turned_away
from tests.proxy.served import EWS, USER, XML, configuration, login, question, serving

POX = "/autodiscover/autodiscover.xml"
ASKED = question("bob@fabrikam.example")


def test_a_challenge_is_empty_and_names_every_way() -> None:
    answer = turned_away(Refused("no-credentials", challenges=('Basic realm="x"', "Bearer")))
    assert (answer.status, answer.body) == (401, b"")
    assert answer.headers.getall("WWW-Authenticate") == ['Basic realm="x"', "Bearer"]


def test_who_comes_too_often_is_told_when_to_come_again() -> None:
    answer = turned_away(Refused("throttled", 429, 30))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert "WWW-Authenticate" not in answer.headers


async def _post(url: str, proof: dict[str, str], body: bytes = ASKED) -> tuple[int, dict[str, str], str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=XML | proof) as answer:
        return answer.status, dict(answer.headers), await answer.text()


async def _refusals(url: str | None) -> dict[str, float]:
    """The counter, by reason."""
    assert url
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        lines = [line for line in (await answer.text()).splitlines() if line.startswith("busyline_refused_total{")]
    return {line.partition('reason="')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in lines}


async def test_each_refusal_is_counted_by_its_reason(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        for proof in ({}, {"Authorization": "Bearer"}, {"Authorization": "Basic"}, {"Authorization": "Negotiate YII="}):
            assert (await _post(proxy.url + EWS, proof))[0] == 401
        assert (await _post(proxy.url + EWS, login(USER, "wrong")))[0] == 401
        assert (await _post(proxy.url + EWS, {"Authorization": "Basic !!!"}))[0] == 401
        assert (await _post(proxy.url + EWS, login()))[0] == 200
        found = await _refusals(proxy.metrics_url)
    assert found == {"no-credentials": 4, "wrong-credentials": 1, "unreadable-credentials": 1}


async def test_probes_without_credentials_never_count_as_guesses(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        for _ in range(60):
            for proof in ({}, {"Authorization": "Bearer"}, {"Authorization": "Basic "}):
                status, headers, _ = await _post(proxy.url + EWS, proof)
                assert (status, "WWW-Authenticate" in headers) == (401, True)
        assert (await _post(proxy.url + EWS, login()))[0] == 200


async def test_guesses_end_in_429_and_the_caller_that_was_proved_is_answered_all_the_while(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        assert (await _post(proxy.url + EWS, login()))[0] == 200
        found = [await _post(proxy.url + EWS, login(USER, f"guess {n}")) for n in range(10)]
        assert [status for status, *_ in found] == [401] * 5 + [429] * 5
        assert all(int(headers["Retry-After"]) >= 1 for _, headers, _ in found[5:])
        assert {text for *_, text in found} == {""}
        assert (await _post(proxy.url + EWS, login()))[0] == 200
        assert (await _refusals(proxy.metrics_url))["throttled"] == 5


async def test_a_caller_from_elsewhere_is_refused_with_a_reason_of_its_own(tmp_path: Path) -> None:
    with capture_logs() as logs:
        await _stopped(tmp_path)
    told = [(log["refused"], log["caller"], log["outcome"]) for log in logs if log["event"] == "request"]
    assert told == [("network", "northwind", "forbidden"), ("wrong-credentials", "", "challenged")]
    assert {log["address"] for log in logs if log["event"] == "request"} == {"127.0.0.1"}


async def test_only_who_is_refused_has_its_address_in_the_log(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with serving(tmp_path) as proxy:
            await _post(proxy.url + EWS, login())
    (told,) = (log for log in logs if log["event"] == "request")
    assert "address" not in told


async def _stopped(directory: Path) -> None:
    async with serving(directory, networks=["203.0.113.0/24"]) as proxy:
        status, headers, text = await _post(proxy.url + EWS, login())
        assert (status, text) == (403, "")
        assert "WWW-Authenticate" not in headers
        assert (await _post(proxy.url + EWS, login(USER, "wrong")))[0] == 401
        assert await _refusals(proxy.metrics_url) == {"network": 1, "wrong-credentials": 1}


async def test_behind_a_trusted_proxy_the_address_is_what_it_says(tmp_path: Path) -> None:
    settings = configuration(networks=["203.0.113.0/24"])
    settings["server"]["trusted_proxies"] = ["127.0.0.1"]
    async with serving(tmp_path, settings=settings) as proxy:
        for forwarded, status in (
            ("203.0.113.7", 200),
            ("6.6.6.6, 203.0.113.7", 200),
            ("203.0.113.7, 6.6.6.6", 403),
            ("garbage", 403),
            ("", 403),
        ):
            found = await _post(proxy.url + EWS, login() | {"X-Forwarded-For": forwarded})
            assert found[0] == status, forwarded
        assert await _refusals(proxy.metrics_url) == {"network": 1, "forwarded-for": 2}


async def test_whoever_is_not_trusted_may_write_what_it_likes(tmp_path: Path) -> None:
    async with serving(tmp_path, networks=["203.0.113.0/24"]) as proxy:
        assert (await _post(proxy.url + EWS, login() | {"X-Forwarded-For": "203.0.113.7"}))[0] == 403


async def test_over_its_rate_a_caller_is_told_to_wait_in_the_words_of_each_dialect(tmp_path: Path) -> None:
    async with serving(tmp_path, rate=0.5) as proxy:
        assert [(await _post(proxy.url + EWS, login()))[0] for _ in range(2)] == [200, 200]
        status, headers, text = await _post(proxy.url + EWS, login())
        assert status == 500  # EWS clients read a fault in nothing else
        assert "ErrorServerBusy" in text
        assert '<t:Value Name="BackOffMilliseconds">' in text
        assert 1 <= int(headers["Retry-After"]) <= 2
        for path in (POX, "/autodiscover/autodiscover.svc"):
            status, headers, _ = await _post(proxy.url + path, login())
            assert status == 503
            assert 1 <= int(headers["Retry-After"]) <= 2
        assert await _refusals(proxy.metrics_url) == {"rate": 3}


async def test_one_callers_load_is_not_anothers(tmp_path: Path) -> None:
    settings = configuration(rate=0.5)
    other: dict[str, Any] = settings["callers"][0] | {"name": "other"}
    other["basic"] = other["basic"] | {"usernames": ["other@northwind.example"]}
    settings["callers"].append(other)
    async with serving(tmp_path, settings=settings) as proxy:
        assert [(await _post(proxy.url + EWS, login()))[0] for _ in range(5)][-1] == 500
        assert (await _post(proxy.url + EWS, login("other@northwind.example")))[0] == 200
