"""A whole proxy captures where the settings say so, and has nothing of it where they do not."""

from pathlib import Path

import aiohttp

from proxy.capture import order as orders
from proxy.capture.journal import read
from tests.proxy.capture.samples import order
from tests.proxy.served import EWS, XML, configuration, login, question, serving


def names(directory: Path) -> list[str]:
    """What lies there."""
    return sorted(path.name for path in directory.iterdir())


async def test_without_the_section_there_is_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        assert proxy.recorder is None
    assert names(tmp_path) == ["interop.hash"]


async def test_a_knock_without_credentials_and_the_question_after_it_are_kept(tmp_path: Path) -> None:
    settings = {**configuration(), "capture": {"directory": "captures"}}
    captures = tmp_path / "captures"
    async with serving(tmp_path, settings=settings) as proxy, aiohttp.ClientSession() as session:
        assert proxy.recorder is not None
        assert not proxy.recorder.listening
        orders.place(captures, order())
        await proxy.recorder.look()
        for headers in ({**XML, "Authorization": "Bearer"}, {**XML, **login()}):
            async with session.post(proxy.url + EWS, data=question("bob@fabrikam.example"), headers=headers) as answer:
                await answer.read()
        async with session.get(proxy.url + "/healthz") as answer:
            assert answer.status == 200
    file = captures / next(name for name in names(captures) if name.endswith(".jsonl"))
    knock, asked = read(file).entries
    assert (knock.status, knock.body, knock.outcome) == (401, None, "challenged")
    assert (asked.status, asked.operation) == (200, "GetUserAvailabilityRequest")
    assert asked.body is not None
    assert b"Address" in asked.body.data
    assert '["Authorization",{"scheme":"Bearer","token":"empty"}]' in file.read_text()
