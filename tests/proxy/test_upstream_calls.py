"""What reaches the calendar systems, by their own journals, and what becomes of an answer when one of them fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from service.wire import client_context
from simulation.estate import Estate, united
from simulation.faults import Trouble
from tests.clients.estate_proxy import ANCHOR, ASSISTANT_CALLER, LOOKER, OUTSIDE_CALLER, EstateProxy, estate_proxy
from tests.protocols.ews.samples import asking, texts, valid, view
from tests.proxy.served import EWS, XML, login

TODAY = datetime.now(UTC).date()
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
WEEK = TimeWindow(MIDNIGHT, MIDNIGHT + timedelta(days=7))
BUSY, DETAILS = Question(window=WEEK), Question(window=WEEK, detail=Detail.DETAILS)
MODELS = {"contoso": "grace.miller@contoso.example", "northwind": LOOKER, "fabrikam": "frieda.lang@fabrikam.example"}
SECOND_ANCHOR = "grace.miller@contoso.example"
ROOMS = ("room.elbe@contoso.example", "c_aurora@resource.calendar.google.com", "room.hudson@fabrikam.example")
MORE_CALLERS = """
[[callers]]
name = "hurried"
basic = { usernames = ["hurried@merger.example"], password = "file:caller.hash" }
may_ask = ["*"]
deadline = "700ms"

[[callers]]
name = "from-contoso"
basic = { usernames = ["exchange@contoso.example"], password = "file:caller.hash" }
may_ask = ["*"]
sees = "details"
never_via = ["contoso"]
"""
World: TypeAlias = Callable[..., AbstractAsyncContextManager[EstateProxy]]


def crowded() -> Estate:
    """The merger with a hundred people more in each company."""
    estate = Estate(TODAY)
    for company, model in MODELS.items():
        for number in range(100):
            address = f"crowd{number}@{company}.example"
            estate.mailboxes[address] = replace(estate.mailboxes[model], address=address, number=number)
    return estate


ESTATE = crowded()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def world(tmp_path: Path, certificates: Path) -> World:
    """Everything anew, but for the certificates."""

    @asynccontextmanager
    async def run(**knobs: Any) -> AsyncIterator[EstateProxy]:
        usual: dict[str, Any] = {"certificates": certificates, "subject": LOOKER, "extra": MORE_CALLERS}
        async with estate_proxy(tmp_path, ESTATE, **usual | knobs) as here:
            yield here

    return run


def crowd(company: str, count: int = 100, start: int = 0) -> list[Mailbox]:
    return [Mailbox.parse(f"crowd{number}@{company}.example") for number in range(start, start + count)]


async def ask(
    here: EstateProxy, mailboxes: Sequence[Mailbox], question: Question = BUSY, *, caller: str = "outside"
) -> list[Answer]:
    return await here.proxy.asker(caller).lookup(mailboxes, question)


def right(answer: Answer) -> bool:
    """Whether just the time that the estate has taken is taken."""
    if not isinstance(answer, Availability) or answer.unknown:
        return False
    blocks = [i.window for i in answer.intervals if i.status > BusyStatus.WORKING_ELSEWHERE]
    return united(blocks, WEEK) == ESTATE.expected_busy(answer.mailbox.address, WEEK)


def reasons(answers: Sequence[Answer]) -> set[Reason | None]:
    """Why nothing is known; None where the answer is right."""
    assert all(isinstance(answer, Unavailable) or right(answer) for answer in answers)
    return {answer.reason if isinstance(answer, Unavailable) else None for answer in answers}


async def test_a_thousand_who_ask_the_same_at_once_are_one_call(world: World) -> None:
    async with world() as here:
        for server in here.systems.values():
            server.faults.latency = 0.2
        mailboxes = [crowd(company, 1)[0] for company in MODELS]
        answers = await asyncio.gather(*(ask(here, mailboxes) for _ in range(1000)))
        assert here.questions == {"contoso": 1, "northwind": 1, "fabrikam": 1}
        assert all(map(right, answers[0]))
        assert all(answer == answers[0] for answer in answers)


async def test_a_hundred_at_the_door_are_one_call(world: World) -> None:
    async with world() as here, at_the_door(here) as door:
        here.exchange.faults.latency = 0.5
        body = question(crowd("fabrikam", 3))
        replies = await asyncio.gather(*(door(body) for _ in range(100)))
        assert set(replies) == {replies[0]}
        assert texts(valid(replies[0]), "ResponseCode") == ["NoError"] * 3
        assert here.questions["fabrikam"] == 1


async def test_a_hundred_at_google_are_two_calls(world: World) -> None:
    async with world() as here:
        assert reasons(await ask(here, crowd("northwind"))) == {None}
        calls = here.google.questions
        assert [call.path for call in calls] == ["/calendar/v3/freeBusy"] * 2
        assert [len(call.addresses) for call in calls] == [50, 50]
        assert {call.user for call in calls} == {LOOKER}


async def test_a_hundred_at_google_with_details_are_one_call_each(world: World) -> None:
    async with world() as here:
        assert reasons(await ask(here, crowd("northwind"), DETAILS, caller="assistant")) == {None}
        calls = here.google.questions
        assert all(call.path.endswith("/events") for call in calls)
        assert sorted(call.addresses for call in calls) == sorted((m.address,) for m in crowd("northwind"))
        assert here.google.most_at_once <= 10


async def test_a_hundred_at_graph_are_five_calls_and_four_at_once(world: World) -> None:
    async with world() as here:
        here.graph.faults.latency = 0.3
        assert reasons(await ask(here, crowd("contoso"))) == {None}
        assert [len(call.addresses) for call in here.graph.questions] == [20] * 5
        assert {call.status for call in here.graph.questions} == {200}
        assert dict(here.graph.most_at_once_per_mailbox) == {ANCHOR: 4}


async def test_two_anchors_share_the_calls(world: World) -> None:
    async with world(anchors=(ANCHOR, SECOND_ANCHOR)) as here:
        here.graph.faults.latency = 0.3
        assert reasons(await ask(here, crowd("contoso"))) == {None}
        assert {call.status for call in here.graph.questions} == {200}
        most = here.graph.most_at_once_per_mailbox
        assert sorted(most.values()) == [2, 3]
        assert here.graph.most_at_once == 5


async def test_never_more_than_four_at_once_whatever_is_asked(world: World) -> None:
    async with world() as here:
        here.graph.faults.latency = 0.05
        days = [TimeWindow(WEEK.start + n * timedelta(days=70), WEEK.end + n * timedelta(days=70)) for n in range(5)]
        answers = await asyncio.gather(*(ask(here, crowd("contoso", 60), Question(window=day)) for day in days))
        assert all(isinstance(answer, Availability) for each in answers for answer in each)
        assert len(here.graph.questions) == 15
        assert here.graph.most_at_once_per_mailbox[ANCHOR] == 4


async def test_a_hundred_at_exchange_are_one_call(world: World) -> None:
    async with world() as here:
        assert reasons(await ask(here, crowd("fabrikam"))) == {None}
        assert [len(call.addresses) for call in here.exchange.questions] == [100]


async def test_what_is_known_is_not_asked_again(world: World) -> None:
    async with world() as here:
        mailboxes = [mailbox for company in MODELS for mailbox in crowd(company, 5)]
        await ask(here, mailboxes)
        asked = here.questions
        day = Question(window=TimeWindow(WEEK.start + timedelta(days=1), WEEK.start + timedelta(days=2)))
        assert all(isinstance(answer, Availability) for answer in await ask(here, mailboxes[::-1], day))
        assert reasons(await ask(here, mailboxes[3:], caller="precise")) == {None}
        assert here.questions == asked
        await ask(here, mailboxes, DETAILS, caller="assistant")  # what is known of blocks says nothing of subjects
        assert all(here.questions[name] > asked[name] for name in asked)


async def test_ninety_nine_known_and_one_whose_server_is_down(world: World) -> None:
    async with world() as here, at_the_door(here) as door:
        known = [mailbox for company in MODELS for mailbox in crowd(company, 33)]
        assert texts(valid(await door(question(known))), "ResponseCode") == ["NoError"] * 99
        before = here.questions
        await here.exchange.__aexit__(None, None, None)
        root = valid(await door(question([*known[:50], *crowd("fabrikam", 1, 99), *known[50:]])))
        codes = texts(root, "ResponseCode")
        assert codes.pop(50) == "ErrorProxyRequestProcessingFailed"
        assert codes == ["NoError"] * 99
        assert texts(root, "FreeBusyViewType") == ["FreeBusy"] * 50 + ["None"] + ["FreeBusy"] * 49
        assert here.questions == before


async def test_one_failing_batch_of_three_spoils_no_other(world: World) -> None:
    async with world() as here:
        here.graph.faults.trouble = Trouble.BROKEN
        here.graph.faults.only = lambda call: "crowd25@contoso.example" in call.addresses
        answers = await ask(here, crowd("contoso", 60))
        assert reasons(answers[:20]) == reasons(answers[40:]) == {None}
        assert reasons(answers[20:40]) == {Reason.PEER_FAILED}
        assert len(here.graph.questions) == 3


SPOILED = {
    Trouble.HANG: Reason.TIMEOUT,
    Trouble.RESET: Reason.UNREACHABLE,
    Trouble.CUT: Reason.GARBLED,
    Trouble.BROKEN: Reason.PEER_FAILED,
    Trouble.TRUNCATED: Reason.GARBLED,
    Trouble.HTML: Reason.GARBLED,
    Trouble.GARBAGE: Reason.GARBLED,
    Trouble.DENIED: Reason.UNAUTHORIZED,
}


@pytest.mark.parametrize("trouble", SPOILED)
@pytest.mark.parametrize("company", MODELS)
async def test_a_system_in_trouble_is_no_data_and_the_others_are_untouched(
    world: World, company: str, trouble: Trouble
) -> None:
    deadlines = {company: "1500ms"} if trouble is Trouble.HANG else {}
    async with world(deadlines=deadlines) as here:
        here.systems[company].faults.trouble = trouble
        mailboxes = [mailbox for pair in zip(*map(crowd, MODELS), strict=True) for mailbox in pair][:6]
        answers = await ask(here, mailboxes)
        ill = [answer for answer, mailbox in zip(answers, mailboxes, strict=True) if company in mailbox.address]
        well = [answer for answer in answers if answer not in ill]
        assert reasons(ill) == {SPOILED[trouble]}
        assert len(well) == 4
        assert reasons(well) == {None}
        here.systems[company].faults.clear()
        assert reasons(await ask(here, mailboxes)) == {None}  # nothing of it was kept


@pytest.mark.parametrize("company", MODELS)
async def test_a_system_that_is_down_is_asked_again_when_it_is_back(world: World, company: str) -> None:
    async with world() as here:
        mailboxes = crowd(company, 2)
        await ask(here, crowd(company, 1, 50))  # a connection and a token are there
        await here.systems[company].__aexit__(None, None, None)
        assert reasons(await ask(here, mailboxes)) == {Reason.UNREACHABLE}
        await here.systems[company].__aenter__()
        assert reasons(await ask(here, mailboxes)) == {None}


@pytest.mark.parametrize("company", MODELS)
async def test_a_system_that_keeps_failing_is_left_alone(world: World, company: str) -> None:
    async with world() as here:
        here.systems[company].faults.trouble = Trouble.BROKEN
        told = [reasons(await ask(here, crowd(company, 1, number))) for number in range(9)]
        assert told == [{Reason.PEER_FAILED}] * 9
        assert here.questions[company] == 5


async def test_one_answer_too_few(world: World) -> None:
    async with world() as here:
        told = {}
        for company, server in here.systems.items():
            server.faults.trouble = Trouble.WRONG_COUNT
            answers = await ask(here, crowd(company, 5))
            told[company] = [None if right(answer) else _reason(answer) for answer in answers]
        # whose answer is missing shows at Google and Graph, which name each mailbox, and not at Exchange
        assert told["contoso"] == [None] * 4 + [Reason.INCOMPLETE]
        assert told["northwind"][:4] == [None] * 4
        assert told["northwind"][4] in {Reason.GARBLED, Reason.INCOMPLETE}
        assert told["fabrikam"] == [Reason.GARBLED] * 5


@pytest.mark.parametrize("company", ["contoso", "northwind"])
async def test_answers_in_another_order_still_find_their_mailboxes(world: World, company: str) -> None:
    async with world() as here:
        here.systems[company].faults.trouble = Trouble.WRONG_ORDER
        assert reasons(await ask(here, crowd(company, 10))) == {None}


async def test_a_page_that_cannot_be_had_leaves_nothing_half_told(world: World) -> None:
    async with world() as here:
        here.google.faults.trouble = Trouble.LOST_PAGE
        here.google.faults.only = lambda call: "crowd1@northwind.example" in call.addresses
        answers = await ask(here, crowd("northwind", 3), DETAILS, caller="assistant")
        assert reasons(answers[::2]) == {None}
        assert reasons(answers[1:2]) == {Reason.INCOMPLETE}


@pytest.mark.parametrize(
    ("company", "code", "reason"),
    [
        ("contoso", "ErrorMailRecipientNotFound", Reason.NO_SUCH_MAILBOX),
        ("contoso", "ErrorSomethingNew", Reason.PEER_FAILED),
        ("northwind", "notFound", Reason.NO_SUCH_MAILBOX),
        ("northwind", "internalError", Reason.PEER_FAILED),
        ("fabrikam", "ErrorNoFreeBusyAccess", Reason.NO_ACCESS),
        ("fabrikam", "ErrorSomethingNew", Reason.PEER_FAILED),
    ],
)
async def test_one_bad_mailbox_spoils_itself_alone(world: World, company: str, code: str, reason: Reason) -> None:
    async with world() as here:
        here.systems[company].faults.addresses = {f"crowd1@{company}.example": code}
        answers = await ask(here, crowd(company, 3))
        assert reasons(answers[::2]) == {None}
        assert reasons(answers[1:2]) == {reason}


@pytest.mark.parametrize("company", MODELS)
async def test_a_pause_that_fits_is_waited_for(world: World, company: str) -> None:
    async with world() as here:
        faults = here.systems[company].faults
        faults.trouble, faults.times, faults.retry_after = Trouble.THROTTLED, 1, 1.0
        faults.throttle_status = 429 if company == "northwind" else None
        started = time.monotonic()
        assert reasons(await ask(here, crowd(company, 2))) == {None}
        assert time.monotonic() - started >= 1
        assert here.questions[company] == 2


@pytest.mark.parametrize("company", MODELS)
async def test_a_pause_that_does_not_fit_is_told_at_once_and_kept(world: World, company: str) -> None:
    async with world() as here:
        faults = here.systems[company].faults
        faults.trouble, faults.times, faults.retry_after = Trouble.THROTTLED, 1, 60.0
        faults.throttle_status = 429 if company == "northwind" else None
        for start in (0, 10):  # the second time nobody is asked: the pause is not over
            answers = await ask(here, crowd(company, 2, start))
            assert reasons(answers) == {Reason.THROTTLED}
            waits = [answer.retry_after for answer in answers if isinstance(answer, Unavailable)]
            assert all(wait and timedelta(seconds=50) < wait <= timedelta(seconds=60) for wait in waits)
            assert here.questions[company] == 1
        others = [mailbox for name in MODELS if name != company for mailbox in crowd(name, 1)]
        assert reasons(await ask(here, others)) == {None}


async def test_a_slow_system_delays_nobody_and_its_answer_is_there_for_the_next(world: World) -> None:
    async with world() as here:
        prompt = [*crowd("northwind", 2), *crowd("fabrikam", 2)]
        await ask(here, prompt)
        here.graph.faults.latency = 2.0
        late = crowd("contoso", 2)
        started = time.monotonic()
        answers = await ask(here, [*late, *prompt], caller="hurried")
        assert time.monotonic() - started < 1.9
        assert reasons(answers[:2]) == {Reason.TIMEOUT}
        assert reasons(answers[2:]) == {None}
        assert reasons(await ask(here, late)) == {None}  # aboard the flight that the first has left in the air
        assert reasons(await ask(here, late, caller="hurried")) == {None}
        assert here.questions["contoso"] == 1


async def test_private_items_are_bare_even_for_those_who_see_details(world: World) -> None:
    async with world() as here, at_the_door(here, ASSISTANT_CALLER) as door:
        body = question([m for company in MODELS for m in crowd(company, 30)], view("Detailed"))
        reply = await door(body)
        root = valid(reply)
        assert texts(root, "ResponseCode") == ["NoError"] * 90
        assert "true" in texts(root, "IsPrivate")
        assert b"Customer call" in reply
        assert b"By telephone" in reply
        for secret in (b"Physiotherapy", b"Maybach", b"Family day"):
            assert secret not in reply


async def test_an_outsider_gets_the_same_bytes_whatever_the_subjects_are(world: World) -> None:
    async with world() as here, at_the_door(here) as door:
        reply = await door(question([m for company in MODELS for m in crowd(company, 30)], view("Detailed")))
        assert texts(valid(reply), "FreeBusyViewType") == ["FreeBusy"] * 90
        for name in (b"Subject", b"Location", b"Customer", b"CalendarEventDetails"):
            assert name not in reply


async def test_rooms_are_bare_for_those_who_see_details(world: World) -> None:
    async with world() as here:
        answers = await ask(here, [Mailbox.parse(room) for room in ROOMS], DETAILS, caller="assistant")
        assert reasons(answers) == {None}
        for answer in answers:
            assert isinstance(answer, Availability)
            assert answer.detail is Detail.BUSY
            assert not answer.intervals.has_details
        assert [call.path for call in here.google.questions] == ["/calendar/v3/freeBusy"]


async def test_nobody_is_asked_in_circles(world: World) -> None:
    async with world() as here, at_the_door(here, "exchange@contoso.example") as door:
        root = valid(await door(question([*crowd("contoso", 2), *crowd("fabrikam", 1)])))
        assert texts(root, "ResponseCode") == ["ErrorProxyRequestNotAllowed"] * 2 + ["NoError"]
        assert here.graph.calls == []


def question(mailboxes: Sequence[Mailbox], rest: str = "") -> bytes:
    """The week, as an EWS client asks for it."""
    start, end = (instant.replace(tzinfo=None).isoformat() for instant in (WEEK.start, WEEK.end))
    return asking(*(mailbox.address for mailbox in mailboxes), start=start, end=end, rest=rest)


@asynccontextmanager
async def at_the_door(here: EstateProxy, caller: str = OUTSIDE_CALLER) -> AsyncIterator[Callable[[bytes], Any]]:
    """Sends a body and gives the answer's, over TLS."""
    connector = aiohttp.TCPConnector(limit=0, ssl=client_context(here.ca))
    async with aiohttp.ClientSession(connector=connector, headers={**XML, **login(caller)}) as session:

        async def send(body: bytes) -> bytes:
            async with session.post(here.url + EWS, data=body) as answer:
                assert answer.status == 200
                return await answer.read()

        yield send


def _reason(answer: Answer) -> Reason | None:
    return answer.reason if isinstance(answer, Unavailable) else None
