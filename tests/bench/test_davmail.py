"""DavMail is really asked, and tells the same as we do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import davmail, outbox
from bench.machine import MissingError
from bench.served import served
from tests.needs import missing, program

TODAY = datetime.now(UTC).date()


def needed() -> None:
    """Skip, or fail where all is demanded, without DavMail or what drives it."""
    program("wrk")
    program("java")
    if not davmail.JAR.exists():
        missing("DavMail")


async def test_davmail_tells_the_truth(tmp_path: Path) -> None:
    needed()
    async with served(tmp_path, kept=0) as ours, davmail.beside(tmp_path, ours) as front:
        for number in (0, 1001, 2002):
            question = outbox.body(number, TODAY)
            async with ours.session.post(front.url, data=question, headers=front.headers) as response:
                assert response.status == 200
                assert outbox.told(await response.read()) == outbox.truth(question, TODAY)


async def test_a_short_run(tmp_path: Path) -> None:
    needed()
    found = await davmail.rows(tmp_path, rounds=1, seconds=1, warming=0)
    assert tuple(row.name for row in found) == davmail.NAMES
    assert all(row.value is not None and row.value > 0 for row in found)
    assert [row.at_least for row in found] == [30, 5, 15, None, None, None, None]


def test_without_java_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="apt-get install davmail"):
        davmail.java()
