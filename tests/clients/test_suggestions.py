"""Two EWS clients ask the proxy for meeting times of people on three systems; the estate knows who is free."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
import requests
import zeep
from requests.auth import HTTPBasicAuth
from zeep.transports import Transport

from protocols.model.freebusy import Availability, Question
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from simulation.estate import Estate
from tests.clients.estate_proxy import OUTSIDE_CALLER, PASSWORD, EstateProxy, estate_proxy
from tests.clients.node_runner import told

pytestmark = [pytest.mark.client, pytest.mark.asyncio(loop_scope="module")]
PEOPLE = ("anna.schneider@contoso.example", "jack.thompson@northwind.example", "brian.sullivan@fabrikam.example")
NOBODY = "nobody@fabrikam.example"
MINUTES = 90
ZONE = "Europe/Berlin"
FIRST, DAYS = datetime(2026, 11, 23), 3  # noqa: DTZ001  a wall clock time of the zone
_CLIENT: Any = zeep.Client  # zeep has types only here and there
_TRANSPORT: Any = Transport
_BINDING = "{http://schemas.microsoft.com/exchange/services/2006/messages}ExchangeServiceBinding"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EstateProxy]:
    async with estate_proxy(tmp_path_factory.mktemp("suggestions"), estate) as here:
        yield here


def _truth(estate: Estate) -> dict[datetime, int]:
    """How many of PEOPLE are in the way of a meeting at each half hour of the window; at Google all time is busy."""
    start = FIRST.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    end = start + timedelta(days=DAYS)
    found: dict[datetime, int] = {}
    length = timedelta(minutes=MINUTES)
    while start + length <= end:
        window = TimeWindow(start, start + length)
        found[start] = sum(any(map(_in_the_way, estate.expected(person, window))) for person in PEOPLE)
        start += timedelta(minutes=30)
    return found


def _in_the_way(block: Any) -> bool:
    return block.status not in (BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE)


_QUALITIES = {0: "Excellent", 1: "Fair", 2: "Poor", 3: "Poor"}  # of three people: one third is not less than 25 %


async def test_ews_javascript_api_is_offered_every_time_at_its_true_worth(here: EstateProxy) -> None:
    question: dict[str, Any] = {
        "url": here.ews_url,
        "username": OUTSIDE_CALLER,
        "password": PASSWORD,
        "addresses": PEOPLE,
    }
    question |= {"start": FIRST.isoformat(), "end": (FIRST + timedelta(days=DAYS)).isoformat(), "minutes": MINUTES}
    for data in ("Suggestions", "FreeBusyAndSuggestions"):
        answer = await asyncio.to_thread(
            told, "suggest.cjs", ("ews-javascript-api",), question | {"data": data}, ca=str(here.ca), zone=ZONE
        )
        days = answer["answer"]
        times = {datetime.fromisoformat(each["start"]): each["quality"] for day in days for each in day["times"]}
        assert times == {start: _QUALITIES[busy] for start, busy in _truth(here.estate).items()}
        assert [day["date"][:16] for day in days] == [f"2026-11-{22 + number}T23:00" for number in range(DAYS)]
        assert {each["work"] for day in days for each in day["times"]} <= {True, False}
        assert all(len(each["conflicts"]) == len(PEOPLE) for day in days for each in day["times"])


async def test_zeep_reads_each_attendee_in_order_by_our_description(here: EstateProxy) -> None:
    suggestions = await asyncio.to_thread(_with_zeep, here)
    assert suggestions.ResponseMessage.ResponseClass == "Success"
    days = suggestions.SuggestionDayResultArray.SuggestionDayResult
    truth = _truth(here.estate)
    seen = 0
    for day in days:
        for each in day.SuggestionArray.Suggestion if day.SuggestionArray else []:
            start = each.MeetingTime.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
            *people, (nobody, _) = (pair for one in each.AttendeeConflictDataArray._value_1 for pair in one.items())
            assert [name for name, _ in people] == ["IndividualAttendeeConflictData"] * len(PEOPLE)
            assert sum(person.BusyType not in ("Free", "WorkingElsewhere") for _, person in people) == truth[start]
            assert nobody == "UnknownAttendeeConflictData"
            assert each.SuggestionQuality != "Excellent"
            seen += 1
    assert seen == len(truth)


def _with_zeep(here: EstateProxy) -> Any:
    with requests.Session() as session:
        session.auth, session.verify, session.trust_env = HTTPBasicAuth(OUTSIDE_CALLER, PASSWORD), str(here.ca), False
        service = _CLIENT(here.wsdl_url, transport=_TRANSPORT(session=session)).create_service(_BINDING, here.ews_url)
        window = {"StartTime": FIRST, "EndTime": FIRST + timedelta(days=DAYS)}
        zone = {"Bias": -60, "StandardTime": _change(10, 0), "DaylightTime": _change(3, -60)}
        answer = service.GetUserAvailability(
            TimeZone=zone,
            MailboxDataArray={
                "MailboxData": [
                    {"Email": {"Address": address}, "AttendeeType": "Required"} for address in (*PEOPLE, NOBODY)
                ]
            },
            SuggestionsViewOptions={
                "MaximumResultsByDay": 48,
                "MaximumNonWorkHourResultsByDay": 48,
                "MeetingDurationInMinutes": MINUTES,
                "MinimumSuggestionQuality": "Poor",
                "DetailedSuggestionsWindow": window,
            },
            _soapheaders={"RequestVersion": {"Version": "Exchange2013"}},
        )
    body = getattr(answer, "body", answer)
    body = getattr(body, "GetUserAvailabilityResult", body)
    return body.SuggestionsResponse


def _change(month: int, bias: int) -> dict[str, Any]:
    return {"Bias": bias, "Time": "02:00:00", "DayOrder": 5, "Month": month, "DayOfWeek": "Sunday"}


async def test_working_hours_of_the_configuration_decide_where_google_tells_none(
    estate: Estate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hours = 'working_hours = { zone = "Europe/Berlin", from = "20:00", to = "22:00" }'
    start = FIRST.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    question = Question(window=TimeWindow(start, start + timedelta(days=1)))
    more = {"northwind": hours, "fabrikam": hours}
    async with estate_proxy(tmp_path_factory.mktemp("hours"), estate, more=more) as here:
        answers = await here.proxy.asker("outside").lookup([Mailbox.parse(person) for person in PEOPLE], question)
    told = [answer.working_hours for answer in answers if isinstance(answer, Availability)]
    assert [each is not None and each.periods[0].start for each in told] == [9 * 60, 20 * 60, 9 * 60]
