"""What reaches the calendar systems, by their own journals, and what of their answers reaches the caller."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from protocols.model.freebusy import Availability, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.clients.estate_proxy import ANCHOR, ASSISTANT_CALLER, LOOKER
from tests.protocols.ews.samples import texts, valid, view
from tests.proxy.crowds import DETAILS, MODELS, WEEK, World, ask, at_the_door, crowd, question, reasons, right

SECOND_ANCHOR = "grace.miller@contoso.example"
ASKED_ONCE = dict.fromkeys(MODELS, "extra_calls = 0")
ROOMS = ("room.elbe@contoso.example", "c_aurora@resource.calendar.google.com", "room.hudson@fabrikam.example")


@pytest.fixture
def world(world: World) -> World:
    """Calls are counted here: none is made beside another that a busy machine makes late."""
    return partial(world, more=ASKED_ONCE, deadlines=dict.fromkeys(MODELS, "60s"))


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
