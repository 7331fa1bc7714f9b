"""A replay asks a real server every question, counts what is not whole, and does not go on without an end."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.served import served
from bench.workload import replay as replaying
from bench.workload.asked import Asked
from bench.workload.replay import Replayed, TooSlowError, question, replay
from protocols.ews.request import decode
from protocols.ews.soap import read_envelope

TODAY = datetime.now(UTC).date()


def asked(count: int) -> Iterable[Asked]:
    return (Asked(at=10 * n, mailboxes=(n % 4, 4 + n % 3), first_day=n % 20, days=7) for n in range(count))


async def test_every_question_is_answered_whole(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        found = await replay(server, asked(1000), speed=10, most=40)
    assert (len(found.took), found.wrong) == (40, Counter())
    assert 1 <= found.calls <= 14
    assert 0 < found.p50_p99[0] <= found.p50_p99[1]


async def test_what_is_not_whole_is_counted(tmp_path: Path) -> None:
    nobody = Asked(at=0, mailboxes=(1, 1), first_day=1, days=90)  # longer than anybody may ask
    async with served(tmp_path) as server:
        found = await replay(server, [nobody], speed=1, most=10)
    assert (found.took, found.wrong.total()) == ([], 1)


async def test_a_server_that_does_not_keep_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "_MOST_AT_ONCE", 5)
    async with served(tmp_path) as server:
        await server.delay_upstream(1)
        with pytest.raises(TooSlowError, match="less --speed"):
            await replay(server, asked(100), speed=1000, most=100)


def test_of_nothing_there_is_no_median() -> None:
    assert str(Replayed().p50_p99) == "(nan, nan)"


def test_the_question_is_what_was_asked() -> None:
    read = decode(read_envelope(question(Asked(0, (3, 1), first_day=2, days=7), TODAY)))
    assert [target.asked for target in read.targets] == [
        "person000003@fabrikam.example",
        "person000001@fabrikam.example",
    ]
    assert read.question is not None
    assert read.question.window.length == timedelta(days=7)
