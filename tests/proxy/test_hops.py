"""Tests of proxy/hops.py."""

import asyncio

import pytest

from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Question, Reason
from proxy.connector import Prompt
from proxy.hops import HEADER, Circles, Loopless, bearing, goes_round, hop_of, hops_in, onward
from tests.contracts.prompt import PromptContract, Warm
from tests.contracts.scripted import Scripted, boxes, reasons, window
from tests.contracts.virtual import run

HERE, THERE = hop_of("https://busy.example.com"), hop_of("https://busy.contoso.example")
QUESTION = Question(window=window(0, 24))


def test_each_busyline_has_a_name_of_its_own_that_stays() -> None:
    assert hop_of("https://busy.example.com") == HERE != THERE


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([], ()),
        ([""], ()),
        ([HERE], (HERE,)),
        ([f"{THERE}, {HERE}"], (THERE, HERE)),
        ([THERE, HERE], (THERE, HERE)),  # one list, on however many lines: RFC 9110 5.3
        ([THERE[:8], THERE[8:]], ()),
        ([f"{THERE},nonsense, {HERE.upper()}"], (THERE,)),
        (["nonsense" * 1000, HERE], (HERE,)),
        ([f"{HERE}," * 1000, THERE], (HERE,) * 5),
        ([HERE] * 1000, (HERE,) * 5),
    ],
)
def test_hops_are_read_and_nonsense_is_not(written: list[str], read: tuple[str, ...]) -> None:
    assert hops_in(written) == read


def test_the_hops_so_far_and_ours_go_onward() -> None:
    sent: list[HttpRequest] = []

    async def send(request: HttpRequest) -> HttpResponse:
        sent.append(request)
        return HttpResponse(200)

    question = Question(window=window(0, 1), hops=(THERE,))
    asked = HttpRequest("POST", "https://mail.example/", Headers({"Accept": "text/xml"}), b"body")
    asyncio.run(_awaited(onward(send, question, HERE)(asked)))
    [request] = sent
    assert dict(request.headers.fields) == {"Accept": "text/xml", HEADER: f"{THERE}, {HERE}"}
    assert (request.method, request.url, request.body) == (asked.method, asked.url, asked.body)


async def _awaited(response: object) -> None:
    await response  # type: ignore[misc]


@pytest.mark.parametrize(
    ("hops", "refused"),
    [((), 0), ((THERE,), 0), ((HERE,), 1), ((THERE, HERE), 1), ((THERE,) * 4, 0), ((THERE,) * 5, 1)],
)
def test_a_question_that_was_here_before_is_refused_and_counted(hops: tuple[str, ...], refused: int) -> None:
    peer, circles = Scripted(), Circles(HERE)
    assert Circles(HERE).refuse(hops) == goes_round(hops, HERE) == bool(refused)
    answers = run(Loopless(peer, circles).lookup(boxes("ann", "bob"), Question(window=QUESTION.window, hops=hops)))
    assert reasons(answers) == [Reason.LOOP if refused else None] * 2
    assert (circles.refused, len(peer.calls)) == (refused, 1 - refused)


def test_who_has_no_name_tells_none() -> None:
    async def send(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200)

    assert bearing(send, ("",)) is send
    assert bearing(send, ()) is send


class TestLooplessAtOnce(PromptContract):
    def prompt(self, peer: Warm) -> Prompt:
        return Loopless(peer, Circles("f" * 16))
