"""What becomes of an answer when a system is down, slow, lying or busy: no data there, the truth everywhere else."""

import time
from datetime import timedelta

import pytest

from protocols.model.freebusy import Reason, Unavailable
from simulation.faults import Trouble
from tests.proxy.crowds import DETAILS, MODELS, World, ask, crowd, reasons


async def test_one_mailbox_that_a_system_stumbles_over_spoils_no_other(world: World) -> None:
    async with world() as here:
        here.graph.faults.trouble = Trouble.BROKEN
        here.graph.faults.only = lambda call: "crowd25@contoso.example" in call.addresses
        answers = await ask(here, crowd("contoso", 60))
        assert reasons(answers[25:26]) == {Reason.PEER_FAILED}
        assert reasons(answers[:25] + answers[26:]) == {None}
        assert 3 < len(here.graph.questions) <= 3 + 2 * 5  # a portion of twenty is halved five times at most


async def test_one_failing_batch_of_three_spoils_no_other(world: World) -> None:
    async with world() as here:
        here.graph.faults.trouble = Trouble.BROKEN
        second = {mailbox.address for mailbox in crowd("contoso", 20, 20)}
        here.graph.faults.only = lambda call: bool(second.intersection(call.addresses))
        answers = await ask(here, crowd("contoso", 60))
        assert reasons(answers[:20]) == reasons(answers[40:]) == {None}
        assert reasons(answers[20:40]) == {Reason.PEER_FAILED}
        assert len(here.graph.questions) == 3 + 2


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


SPARED = {("fabrikam", Trouble.DENIED)}  # an account at Exchange, which rests a while lest wrong passwords lock it out


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
        again = {None, Reason.UNAUTHORIZED} if (company, trouble) in SPARED else {None}
        assert reasons(await ask(here, mailboxes)) == again  # nothing of it was kept


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
async def test_a_system_that_lets_nobody_in_is_left_alone(world: World, company: str) -> None:
    async with world() as here:
        here.systems[company].faults.trouble = Trouble.DENIED
        told = [reasons(await ask(here, crowd(company, 1, number))) for number in range(5)]
        asked = here.questions[company]
        told += [reasons(await ask(here, crowd(company, 1, number))) for number in range(5, 9)]
        assert told == [{Reason.UNAUTHORIZED}] * 9
        assert here.questions[company] == asked


async def test_one_answer_too_few(world: World) -> None:
    async with world() as here:
        told = {}
        for company, server in here.systems.items():
            server.faults.trouble = Trouble.WRONG_COUNT
            answers = await ask(here, crowd(company, 5))
            told[company] = [next(iter(reasons([answer]))) for answer in answers]
        # whose answer is missing shows at Google and Graph, which name each mailbox, and not at Exchange
        assert told["contoso"] == told["northwind"] == [None] * 4 + [Reason.INCOMPLETE]
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
