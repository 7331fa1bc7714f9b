"""What CalDAV servers take of what no calendar should hold, as they tell it afterwards: carried, or named by itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from calsync.reports.telling import document, text
from protocols.http import Headers, HttpRequest
from service.runs.states import RunState
from tests.calsync.bad_input.gate import RAW, Patch, vcalendar
from tests.calsync.bad_input.joint import GOOD, Joint, joint, standing, subjects
from tests.calsync.bad_input.tables import CARRIED, UNREADABLE
from tests.clients.caldav_servers import SERVERS
from tests.clients.caldav_user import CaldavUser

_REWRITTEN: Final = {"cyrus": {"an endless interval"}}
"""What a server makes something else of, which can be read."""
_STUCK: Final = 2
"""So many a server does not let go of: Xandikos fails where it reads what was there before."""
_MENDED: Final = {"text": "SUMMARY:Mended\r\nDTSTART:20261109T120000Z\r\nDTEND:20261109T130000Z"}


async def taken(made: Joint, table: Mapping[str, Patch]) -> dict[str, str]:
    """The keys of those that the server takes, by their names."""
    assert isinstance(made.bad.user, CaldavUser)
    found: dict[str, str] = {}
    for name, patch in table.items():
        key = f"{'-'.join(name.split())}.ics"
        body = vcalendar(patch["text"], key.removesuffix(".ics")).encode().replace(b"[broken]", RAW["[broken]"])
        headers = Headers({"Content-Type": "text/calendar; charset=utf-8"})
        request = HttpRequest("PUT", made.bad.user.url + key, headers, body.replace(b"[control]", b"\x01"))
        answer = await made.bad.gate.send(request)
        if 200 <= answer.status < 300:
            found[name] = key
    return found


@pytest.mark.parametrize("system", sorted(SERVERS))
async def test_what_a_server_took_is_carried_or_named(system: str, tmp_path: Path) -> None:
    wrong = {name: patch for name, (patch, _) in UNREADABLE[system].items()}
    async with joint(system, tmp_path) as made:
        await made.fill()
        keys = await taken(made, {**CARRIED[system], **wrong})
        report = await made.sync()
        assert report.state is RunState.DONE, report.words
        named = {each["key"] for each in document(report)["unread"]}
        unread = {name for name, key in keys.items() if key in named}
        assert unread == (wrong.keys() & keys.keys()) - _REWRITTEN.get(system, set())
        assert len(unread) >= 8, "too few were taken to show anything"
        assert {"2 MB", "HTML", "a day without an end"} <= keys.keys()
        assert len(await standing(made.well)) == GOOD + len(keys) - len(unread)
        await made.quiet()
        await made.quiet(whole=True)
        mended = await taken(made, dict.fromkeys(keys, _MENDED))
        assert len(mended) >= len(keys) - _STUCK
        assert (await made.sync()).well
        assert (await subjects(made.well)).count("Mended") == len(mended)
        await made.quiet(whole=True)


@pytest.mark.parametrize("system", sorted(SERVERS))
async def test_a_collection_that_vanishes_and_comes_back_empty_takes_nothing_with_it(
    system: str, tmp_path: Path
) -> None:
    async with joint(system, tmp_path) as made:
        await made.fill()
        await made.sync()
        there = await subjects(made.well)
        user = made.bad.user
        assert isinstance(user, CaldavUser)
        user.client.delete(user.url)
        for whole in (False, True):
            report = await made.quiet(whole=whole)
            assert report.state is RunState.FAILED
            assert f"{system} could not be read: " in text(report)
        user.client.mkcalendar(user.url)
        report = await made.sync()
        assert report.state is not RunState.DONE, "an empty calendar in the place of a full one has somebody asked"
        assert await subjects(made.well) == there
