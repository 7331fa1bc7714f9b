"""Graph's API over a real socket: who is let in, what is answered, and how everything wrong is told in its shape."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Detail, Reason
from proxy.wiring import Proxy
from tests.proxy.fronts.dialect_callers import PLACE, SUBJECT, Company, Told, ask, waiting_for_continue, zipped
from tests.proxy.served import PUBLIC, login, serving

PATH = "/v1.0/me/calendar/getSchedule"
THEIRS = "8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"
UTC_PLACES = {"start": {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "UTC"},
              "end": {"dateTime": "2026-11-23T10:00:00.0000000", "timeZone": "UTC"}}  # fmt: skip


def question(*schedules: str, **more: Any) -> dict[str, Any]:
    """About two days."""
    return {
        "schedules": list(schedules or ("ann@fabrikam.example",)),
        "startTime": {"dateTime": "2026-11-23T00:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-11-25T00:00:00", "timeZone": "UTC"},
        "availabilityViewInterval": 60,
    } | more


def code(told: Told) -> tuple[int, str]:
    """Status and code of an error, whose marks are looked at."""
    error = told.json["error"]
    assert error["innerError"]["request-id"] == told.headers["request-id"]
    assert error["innerError"]["client-request-id"] == told.headers["client-request-id"]
    return told.status, error["code"]


@pytest.fixture
def company() -> Company:
    """Who is asked."""
    return Company()


@pytest.fixture
async def proxy(tmp_path: Path, company: Company) -> AsyncIterator[Proxy]:
    """One caller who sees details."""
    async with serving(tmp_path, connector=company, sees="details") as proxy:
        yield proxy


async def test_details_are_asked_for_and_shown_where_they_are_granted(proxy: Proxy, company: Company) -> None:
    told = await ask(proxy, PATH, question("Ann@fabrikam.example"))
    assert told.status == 200
    assert told.json == {
        "@odata.context": f"{PUBLIC}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)",
        "value": [
            {
                "scheduleId": "Ann@fabrikam.example",
                "availabilityView": "0" * 9 + "2" + "0" * 38,
                "scheduleItems": [
                    {"isPrivate": False, "status": "busy", "subject": SUBJECT, "location": PLACE, **UTC_PLACES}
                ],
            }
        ],
    }
    assert [each.detail for each in company.questions] == [Detail.DETAILS]


async def test_who_sees_blocks_gets_blocks(tmp_path: Path, company: Company) -> None:
    async with serving(tmp_path, connector=company) as proxy:
        told = await ask(proxy, PATH, question())
    assert told.json["value"][0]["scheduleItems"] == [{"status": "busy", **UTC_PLACES}]
    assert [each.detail for each in company.questions] == [Detail.BUSY]
    assert SUBJECT.encode() not in told.body


@pytest.mark.parametrize(
    "path",
    [
        "/beta/me/calendar/getSchedule",
        "/v1.0/users/anybody%40elsewhere.example/calendar/getSchedule",
        "/v1.0/users/5d2f6a3e-8c1b-4f0e-9a77-0b6c5d4e3f21/calendar/microsoft.graph.getSchedule",
        "/v1.0/users('anybody%40elsewhere.example')/calendar/getSchedule()",
        "/V1.0/ME/calendar/getschedule/",
    ],
)
async def test_whose_mailbox_the_path_names_changes_nothing(proxy: Proxy, path: str) -> None:
    told, other = await ask(proxy, path, question()), await ask(proxy, PATH, question())
    assert (told.status, told.body) == (200, other.body)
    assert (await ask(proxy, path, question(), proven=False)).status == 401


async def test_names_in_the_other_casing_and_the_zone_preferred(proxy: Proxy) -> None:
    body = {name[0].upper() + name[1:]: value for name, value in question().items()}
    headers = {"Prefer": 'outlook.timezone=" Pacific Standard Time "'}
    told = await ask(proxy, PATH, body, headers=headers)
    assert told.headers["Preference-Applied"] == 'outlook.timezone="Pacific Standard Time"'
    assert "Preference-Applied" not in (await ask(proxy, PATH, body)).headers
    (schedule,) = told.json["value"]
    assert schedule["scheduleItems"][0]["start"] == {
        "dateTime": "2026-11-23T01:00:00.0000000",
        "timeZone": "Pacific Standard Time",
    }


async def test_one_bad_schedule_spoils_no_other_and_none_is_falsely_free(proxy: Proxy) -> None:
    names = [*(f"{each.value}@fabrikam.example" for each in Reason), "doubt@fabrikam.example", "nobody"]
    value = (await ask(proxy, PATH, question(*names, "ann@fabrikam.example"))).json["value"]
    assert [each["scheduleId"] for each in value] == [*names, "ann@fabrikam.example"]
    assert all(set(each) == {"scheduleId", "error"} for each in value[:-1])
    assert value[-1]["availabilityView"]


async def test_unknown_and_forbidden_are_told_alike(proxy: Proxy) -> None:
    names = ["no-such-mailbox@fabrikam.example", "no-access@fabrikam.example", "ceo@elsewhere.example"]
    value = (await ask(proxy, PATH, question(*names))).json["value"]
    assert len({str(each["error"]) for each in value}) == 1


async def test_who_shows_nothing_is_challenged_in_graphs_shape(proxy: Proxy) -> None:
    told = await ask(proxy, PATH, question(), proven=False)
    assert code(told) == (401, "InvalidAuthenticationToken")
    assert told.headers.getall("WWW-Authenticate")
    assert code(await ask(proxy, PATH, question(), headers=login(password="wrong")))[0] == 401


async def test_who_comes_from_elsewhere_is_denied(tmp_path: Path) -> None:
    async with serving(tmp_path, networks=["203.0.113.0/24"]) as proxy:
        assert code(await ask(proxy, PATH, question())) == (403, "ErrorAccessDenied")


async def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with serving(tmp_path, rate=0.1) as proxy:
        answers = [await ask(proxy, PATH, question()) for _ in range(3)]
    assert answers[0].status == 200
    assert code(answers[-1]) == (429, "ApplicationThrottled")
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("theirs", "told"), [(THEIRS, True), ("<script>", False), (f"{THEIRS}x", False), (None, False)]
)
async def test_the_callers_own_id_is_repeated_where_it_is_one(proxy: Proxy, theirs: str | None, told: bool) -> None:
    headers = {"client-request-id": theirs} if theirs else {}
    for body in (question(), b"{"):
        answer = await ask(proxy, PATH, body, headers=headers)
        repeated = answer.headers["client-request-id"]
        assert repeated == (theirs if told else answer.headers["request-id"])


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"{", {}, (400, "BadRequest")),
        ({}, {}, (400, "ErrorInvalidRequest")),
        (question(schedules=[]), {}, (400, "ErrorMailboxDataArrayEmpty")),
        (question(*["a@fabrikam.example"] * 101), {}, (400, "ErrorMailboxDataArrayTooBig")),
        (
            question(endTime={"dateTime": "2026-11-23T00:00:00", "timeZone": "UTC"}),
            {},
            (400, "ErrorInvalidTimeInterval"),
        ),
        (
            question(endTime={"dateTime": "2027-11-23T00:00:00", "timeZone": "UTC"}),
            {},
            (400, "ErrorTimeIntervalTooBig"),
        ),
        (question(availabilityViewInterval=1), {}, (400, "ErrorInvalidMergedFreeBusyInterval")),
        (question(), {"Prefer": 'outlook.timezone="Mars"'}, (400, "TimeZoneNotSupportedException")),
        (question(), {"Content-Type": "text/plain"}, (415, "UnsupportedMediaType")),
        (question(), {"Content-Encoding": "compress"}, (415, "UnsupportedMediaType")),
        (["x" * 70_000], {}, (413, "RequestEntityTooLarge")),
    ],
)
async def test_what_is_wrong_is_told_in_graphs_shape(
    proxy: Proxy, body: Any, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert code(await ask(proxy, PATH, body, headers=headers)) == expected


@pytest.mark.parametrize("path", ["/v1.0/me/events", "/v1.0/users/x/calendar/getScheduleX", "/beta/users/x"])
async def test_another_resource_is_not_found_in_graphs_shape(proxy: Proxy, path: str) -> None:
    assert code(await ask(proxy, path, question())) == (404, "ResourceNotFound")


async def test_another_method_is_refused(proxy: Proxy) -> None:
    told = await ask(proxy, PATH, b"", method="GET")
    assert code(told) == (405, "Request_BadRequest")
    assert told.headers["Allow"] == "POST"


async def test_a_compressed_body_is_read(proxy: Proxy) -> None:
    told = await ask(proxy, PATH, zipped(question()), headers={"Content-Encoding": "gzip"})
    assert told.status == 200


async def test_a_caller_that_waits_is_told_to_go_on(proxy: Proxy) -> None:
    first, rest = await asyncio.to_thread(waiting_for_continue, proxy, PATH, question())
    assert first.startswith(b"HTTP/1.1 100 Continue")
    assert rest.startswith(b"HTTP/1.1 200")
    assert b"scheduleId" in rest
