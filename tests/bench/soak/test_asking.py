"""What answers were worth is counted, whoever gave them; and a secret, a lie, a torn or a missing answer is noticed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench.soak.asking import Asker, Tally, total
from bench.soak.ground import Ground, Plan, ground
from bench.soak.judge import Verdict

Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def answered_by(handler: Handler, folder: Path) -> AsyncIterator[Ground]:
    """The ground, with something else in the place of the server."""
    app = web.Application()
    app.router.add_post("/{path:.*}", handler)
    async with ground(folder, Plan(people=4)) as where, TestServer(app, host="127.0.0.1") as server:
        yield replace(where, url=str(server.make_url("")).rstrip("/"))


async def everybody_is_free(request: web.Request) -> web.Response:
    asked = await request.json()
    if "items" in asked:
        return web.json_response({"calendars": {item["id"]: {"busy": []} for item in asked["items"]}})
    names = asked["schedules"]
    cells = int(2 * 24 * (_hours(asked["endTime"]) - _hours(asked["startTime"])))
    told = [{"scheduleId": name, "availabilityView": "0" * cells, "scheduleItems": []} for name in names]
    return web.json_response({"value": told})


def _hours(told: dict[str, str]) -> float:
    return int(told["dateTime"][8:10])


async def secrets_for_all(_: web.Request) -> web.Response:
    return web.Response(body=b"Private matter of somebody")


async def nothing_readable(_: web.Request) -> web.Response:
    return web.Response(body=b"<html>")


async def test_whoever_shows_all_as_free_is_found_out(tmp_path: Path) -> None:
    async with answered_by(everybody_is_free, tmp_path) as where:
        tally = await Asker(where, seed=3).ask(questions=40)
    assert tally.falsely_free
    assert tally.shown == tally.mailboxes
    assert not tally.verdicts[Verdict.RIGHT]
    assert not tally.sound
    assert any("FALSELY_FREE" in example for example in tally.examples)


async def test_a_subject_for_who_may_see_none_is_wrong(tmp_path: Path) -> None:
    async with answered_by(secrets_for_all, tmp_path) as where:
        tally = await Asker(where).ask(questions=20)
    assert tally.wrong == 20
    assert any("a subject for who may see none" in example for example in tally.examples)


async def test_what_cannot_be_read_is_wrong(tmp_path: Path) -> None:
    async with answered_by(nothing_readable, tmp_path) as where:
        tally = await Asker(where).ask(questions=10)
    assert (tally.wrong, tally.hung, tally.failed) == (10, 0, 0)


async def test_nobody_there_is_failed(tmp_path: Path) -> None:
    async with ground(tmp_path, Plan(people=4)) as where:
        tally = await Asker(where).ask(questions=3)
    assert (tally.failed, tally.hung, tally.mailboxes) == (3, 0, 0)
    assert tally.codes["ClientConnectorError"] == 3


async def test_patience_ends(tmp_path: Path) -> None:
    over = asyncio.Event()

    async def silence(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with answered_by(silence, tmp_path) as where:
        tally = await Asker(where, patience=0.05).ask(questions=2)
        over.set()
    assert (tally.hung, tally.sound) == (2, False)


def test_an_error_shows_nobody_though_it_is_right_of_who_does_not_exist() -> None:
    tally = Tally(verdicts=Counter({Verdict.RIGHT: 2, Verdict.DOUBT: 3}), codes=Counter({"ErrorServerBusy": 5}))
    assert tally.shown == 0
    tally.verdicts[Verdict.RIGHT] += 1
    assert tally.shown == 1


def test_tallies_add_up() -> None:
    one = Tally(asked=2, hung=1, slowest=3.0, examples=["a"])
    other = Tally(asked=3, failed=1, slowest=1.0, examples=["b"])
    other.verdicts[Verdict.RIGHT] += 3
    whole = total([one, other])
    assert (whole.asked, whole.hung, whole.failed, whole.slowest, whole.right) == (5, 1, 1, 3.0, 1.0)
    assert whole.examples == ["a", "b"]
    assert "5 questions about 3 mailboxes" in whole.words()
    assert whole.right == pytest.approx(1)
