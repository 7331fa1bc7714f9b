"""Google's API over a real socket: who is let in, what is answered, and how everything wrong is told in its shape."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Detail, Reason
from proxy.wiring import Proxy
from tests.proxy.fronts.dialect_callers import SUBJECT, Company, Told, ask, waiting_for_continue, zipped
from tests.proxy.served import Broken, login, serving

PATH = "/calendar/v3/freeBusy"
BUSY = [{"start": "2026-11-23T09:00:00Z", "end": "2026-11-23T10:00:00Z"}]


def question(*ids: str, **more: Any) -> dict[str, Any]:
    """A query about two days."""
    items = [{"id": each} for each in ids or ("ann@fabrikam.example",)]
    return {"timeMin": "2026-11-23T00:00:00Z", "timeMax": "2026-11-25T00:00:00Z", "items": items} | more


def reason(told: Told) -> tuple[int, str]:
    """Status and reason of an error."""
    error = told.json["error"]
    assert error["code"] == told.status
    return told.status, error["errors"][0]["reason"]


@pytest.fixture
def company() -> Company:
    """Who is asked."""
    return Company()


@pytest.fixture
async def proxy(tmp_path: Path, company: Company) -> AsyncIterator[Proxy]:
    """One caller who sees details elsewhere."""
    async with serving(tmp_path, connector=company, sees="details") as proxy:
        yield proxy


async def test_blocks_are_asked_for_and_answered_in_the_zone_asked_for(proxy: Proxy, company: Company) -> None:
    told = await ask(proxy, PATH, question("Ann@fabrikam.example", timeZone="Europe/Berlin"))
    assert told.status == 200
    assert told.headers["Content-Type"].startswith("application/json")
    assert told.json == {
        "kind": "calendar#freeBusy",
        "timeMin": "2026-11-23T00:00:00.000Z",
        "timeMax": "2026-11-25T00:00:00.000Z",
        "calendars": {
            "Ann@fabrikam.example": {
                "busy": [{"start": "2026-11-23T10:00:00+01:00", "end": "2026-11-23T11:00:00+01:00"}]
            }
        },
    }
    assert [each.detail for each in company.questions] == [Detail.BUSY]
    assert SUBJECT.encode() not in told.body


@pytest.mark.parametrize("query", ["?alt=json", "?alt=JSON&key=AIza&fields=calendars&quotaUser=x", "?prettyPrint=true"])
async def test_the_parameters_of_the_client_libraries_are_taken(proxy: Proxy, query: str) -> None:
    told = await ask(proxy, PATH + query, question())
    assert told.json["calendars"]["ann@fabrikam.example"] == {"busy": BUSY}
    assert (b"\n" in told.body) is ("pretty" in query)


@pytest.mark.parametrize("path", [PATH.lower(), PATH + "/", PATH.upper()])
async def test_the_path_is_found_in_any_letter_case(proxy: Proxy, path: str) -> None:
    assert (await ask(proxy, path, question())).status == 200


async def test_one_bad_calendar_spoils_no_other_and_none_is_falsely_free(proxy: Proxy) -> None:
    names = [f"{each.value}@fabrikam.example" for each in Reason]
    told = await ask(proxy, PATH, question(*names, "doubt@fabrikam.example", "ann@fabrikam.example", "primary"))
    calendars = told.json["calendars"]
    assert calendars.pop("ann@fabrikam.example") == {"busy": BUSY}
    assert len(calendars) == len(Reason) + 2
    assert all("busy" not in each and each["errors"] for each in calendars.values())


async def test_unknown_and_forbidden_are_told_alike(proxy: Proxy, company: Company) -> None:
    names = ["no-such-mailbox@fabrikam.example", "no-access@fabrikam.example", "ceo@elsewhere.example", "primary"]
    calendars = (await ask(proxy, PATH, question(*names))).json["calendars"]
    assert list(calendars.values()) == [{"errors": [{"domain": "global", "reason": "notFound"}]}] * len(names)


async def test_who_shows_nothing_is_challenged_in_googles_shape(proxy: Proxy) -> None:
    told = await ask(proxy, PATH, question(), proven=False)
    assert reason(told) == (401, "authError")
    assert told.json["error"]["status"] == "UNAUTHENTICATED"
    assert told.headers.getall("WWW-Authenticate")
    wrong = await ask(proxy, PATH, question(), headers=login(password="wrong"))
    assert reason(wrong) == (401, "authError")


async def test_who_comes_from_elsewhere_is_forbidden(tmp_path: Path) -> None:
    async with serving(tmp_path, networks=["203.0.113.0/24"]) as proxy:
        assert reason(await ask(proxy, PATH, question())) == (403, "forbidden")


async def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with serving(tmp_path, rate=0.1) as proxy:
        answers = [await ask(proxy, PATH, question()) for _ in range(3)]
    assert answers[0].status == 200
    assert reason(answers[-1]) == (429, "rateLimitExceeded")
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"{", {}, (400, "parseError")),
        (question(timeMax="2026-11-23T00:00:00Z"), {}, (400, "timeRangeEmpty")),
        (question(timeMax="2027-11-23T00:00:00Z"), {}, (400, "timeRangeTooLong")),
        (question(timeMin="monday"), {}, (400, "invalid")),
        (question(timeZone="Mars"), {}, (400, "invalid")),
        ({}, {}, (400, "required")),
        (question(*[f"p{n}@x.example" for n in range(1_001)]), {}, (400, "tooManyCalendarsRequested")),
        (question(), {"Content-Type": "text/xml"}, (415, "badContent")),
        (question(), {"Content-Encoding": "compress"}, (415, "badContent")),
        (["x" * 70_000], {}, (413, "uploadTooLarge")),
        pytest.param(zipped(question())[:20], {"Content-Encoding": "gzip"}, (400, "parseError"), id="cut"),
    ],
)
async def test_what_is_wrong_is_told_in_googles_shape(
    proxy: Proxy, body: Any, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert reason(await ask(proxy, PATH, body, headers=headers)) == expected


async def test_another_format_than_json_is_refused(proxy: Proxy) -> None:
    assert reason(await ask(proxy, PATH + "?alt=proto", question())) == (400, "invalid")


async def test_another_method_is_refused(proxy: Proxy) -> None:
    told = await ask(proxy, PATH, b"", method="GET")
    assert reason(told) == (405, "httpMethodNotAllowed")
    assert told.headers["Allow"] == "POST"


async def test_what_is_our_fault_tells_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path, connector=Broken()) as proxy:
        told = await ask(proxy, PATH, question())
    assert b"hunter2" not in told.body
    assert told.json["calendars"]["ann@fabrikam.example"]["errors"][0]["reason"] == "backendError"


async def test_a_compressed_body_is_read_and_a_bomb_is_not(proxy: Proxy) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert (await ask(proxy, PATH, zipped(question()), headers=headers)).status == 200
    assert reason(await ask(proxy, PATH, zipped("x" * 1_000_000), headers=headers)) == (413, "uploadTooLarge")


async def test_a_caller_that_waits_is_told_to_go_on(proxy: Proxy) -> None:
    first, rest = await asyncio.to_thread(waiting_for_continue, proxy, PATH, question())
    assert first.startswith(b"HTTP/1.1 100 Continue")
    assert rest.startswith(b"HTTP/1.1 200")
    assert b"calendar#freeBusy" in rest
