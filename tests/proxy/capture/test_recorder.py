"""The recorder: off until ordered, over by itself, and never in the way."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from protocols.ews.manner import Manner
from proxy.capture import order as orders
from proxy.capture import recorder as words
from proxy.capture.folder import UnsafeFolderError
from proxy.capture.recorder import Limits, Recorder
from tests.proxy.capture.samples import heard, order
from tests.proxy.served import NOW

LIMITS = Limits(keep=timedelta(days=30), max_size=1 << 26)


class Hands:
    """A clock that is moved by hand, and a pause that never ends: the tests look themselves."""

    def __init__(self) -> None:
        self.now = NOW
        self.free = words.LEAST_FREE

    def clock(self) -> datetime:
        """What the hands show."""
        return self.now

    async def pause(self, _: float) -> None:
        """For good."""
        await asyncio.Event().wait()


@pytest.fixture
def hands() -> Hands:
    """At NOW."""
    return Hands()


@pytest.fixture
def recorder(tmp_path: Path, hands: Hands) -> Recorder:
    """For northwind and contoso."""
    return Recorder(
        tmp_path,
        {"northwind": Manner(always_events=True), "contoso": Manner()},
        public_url="https://busy.example.com",
        limits=LIMITS,
        clock=hands.clock,
        pause=hands.pause,
        random=bytes,
        free=lambda _: hands.free,
    )


def heard_all(recorder: Recorder) -> bool:
    """Whether it wants no more."""
    return not recorder.listening


def files(directory: Path, pattern: str = "*.jsonl") -> list[Path]:
    """The captures that lie there."""
    return sorted(directory.glob(pattern))


def ended(directory: Path, caller: str = "northwind") -> str:
    """Why the capture of ``caller`` ended, if it did."""
    state = orders.told(directory, caller)
    return state.ended if state is not None else "never began"


async def test_nothing_is_kept_without_an_order(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        await recorder.look()
        assert not recorder.listening
        recorder.hear(heard())
        await recorder.look()
    assert files(tmp_path, "*") == [tmp_path / "orders"]


async def test_an_order_begins_a_capture_and_its_number_ends_it(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        orders.place(tmp_path, order(requests=2))
        await recorder.look()
        assert recorder.listening
        recorder.hear(heard())
        recorder.hear(heard(front="health"))
        assert recorder.listening
        recorder.hear(heard())
        assert heard_all(recorder)  # from the last one on, and not from the next look
        await recorder.look()
        state = orders.told(tmp_path, "northwind")
        assert state is not None
        assert (state.kept, state.ended) == (2, words.ALL_KEPT)
        assert list(orders.placed(tmp_path)) == []
        assert [path.name for path in files(tmp_path)] == [state.file]
        lines = [orjson.loads(line) for line in (tmp_path / state.file).read_bytes().splitlines()]
    assert lines[0]["manner"]["always_events"] is True
    assert [line.get("n") for line in lines] == [None, 1, 2, None]


async def test_progress_is_told_meanwhile(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        recorder.hear(heard())
        await recorder.look()
        state = orders.told(tmp_path, "northwind")
        assert state is not None
        assert (state.id, state.kept, state.ended) == (order().id, 1, "")


async def test_time_ends_it(tmp_path: Path, recorder: Recorder, hands: Hands) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        hands.now += timedelta(minutes=5)
        await recorder.look()
        hands.now += timedelta(minutes=5)
        await recorder.look()
        assert len(files(tmp_path)) == 1
        assert (ended(tmp_path), recorder.listening) == (words.TIME_OVER, False)


async def test_an_order_withdrawn_ends_it(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        orders.withdraw(tmp_path, "northwind")
        await recorder.look()
        assert (ended(tmp_path), recorder.listening) == (words.STOPPED, False)


async def test_another_order_takes_its_place(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        orders.place(tmp_path, order(id="f" * 16))
        orders.place(tmp_path, order(id="e" * 16, caller="contoso"))
        await recorder.look()
        state = orders.told(tmp_path, "northwind")
        assert state is not None
        assert (state.id, state.ended) == ("f" * 16, "")
        assert ended(tmp_path, "contoso") == ""
        assert len(files(tmp_path)) == 3
        endings = [orjson.loads(path.read_bytes().splitlines()[-1]).get("ended") for path in files(tmp_path)]
        assert sorted(filter(None, endings)) == [words.REPLACED]


async def test_the_end_of_the_server_ends_it_and_a_new_one_forgets_it(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        recorder.hear(heard())
    state = orders.told(tmp_path, "northwind")
    assert state is not None
    assert (state.kept, state.ended) == (1, words.SERVER_ENDED)
    orders.place(tmp_path, order())
    async with recorder:
        await recorder.look()
        assert not recorder.listening


@pytest.mark.parametrize(
    ("changed", "why"), [({"caller": "nobody"}, words.UNKNOWN), ({"until": NOW}, words.TIME_OVER)], ids=str
)
async def test_an_order_for_nobody_or_for_the_past_is_removed(
    tmp_path: Path, recorder: Recorder, changed: dict[str, str], why: str
) -> None:
    async with recorder:
        orders.place(tmp_path, order(**changed))
        await recorder.look()
        assert not recorder.listening
        assert list(orders.placed(tmp_path)) == []
        assert ended(tmp_path, changed.get("caller", "northwind")) == why
        assert files(tmp_path) == []


async def test_it_looks_by_itself(tmp_path: Path) -> None:
    looks = asyncio.Queue[float]()

    async def pause(seconds: float) -> None:
        await looks.put(seconds)
        await asyncio.sleep(0)

    recorder = Recorder(
        tmp_path,
        {"northwind": Manner()},
        public_url="https://busy.example.com",
        limits=LIMITS,
        clock=lambda: NOW,
        pause=pause,
    )
    async with recorder:
        orders.place(tmp_path, order())
        while not recorder.listening:
            assert await looks.get() == 1.0
    assert ended(tmp_path) == words.SERVER_ENDED


@pytest.mark.parametrize(
    "data",
    [
        b'{"id":"2","caller":"northwind","until":"2026-11-20T13:00:00","requests":5}',
        b'{"id":"2","caller":["northwind"],"until":"2026-11-20T13:00:00Z","requests":5}',
        b'{"id":"0123456789abcdef","caller":"northwind","until":"2026-11-20T13:00:00Z","requests":"5"}',
    ],
)
async def test_an_order_that_is_none_ends_the_capture_it_overwrote_and_nothing_else(
    tmp_path: Path, recorder: Recorder, data: bytes
) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        orders.place(tmp_path, order(caller="contoso"))
        await recorder.look()
        (tmp_path / "orders" / f"{orders.slug('northwind')}.order").write_bytes(data)
        recorder.hear(heard())
        await recorder.look()
        recorder.hear(heard(caller="contoso"))
        await recorder.look()
        assert (ended(tmp_path), ended(tmp_path, "contoso")) == (words.STOPPED, "")
        assert recorder.listening


async def test_a_capture_is_over_in_time_even_where_no_order_can_be_read(
    tmp_path: Path, recorder: Recorder, hands: Hands
) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        (tmp_path / "orders").rename(tmp_path / "away")
        (tmp_path / "orders").symlink_to("away")
        await recorder.look()
        listened = recorder.listening
        hands.now += timedelta(minutes=5)
        await recorder.look()
        assert (listened, recorder.listening) == (True, False)
    (file,) = files(tmp_path)
    assert orjson.loads(file.read_bytes().splitlines()[-1])["ended"] == words.TIME_OVER


async def test_the_watch_outlives_whatever_it_meets_and_complains_once(tmp_path: Path, hands: Hands) -> None:
    seen: list[int] = []
    looked = asyncio.Event()

    def free(_: Path) -> int:
        seen.append(1)
        if len(seen) == 3:
            looked.set()
        raise LookupError("nobody thought of this")

    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    recorder = Recorder(
        tmp_path,
        {"northwind": Manner()},
        public_url="https://busy.example.com",
        limits=LIMITS,
        clock=hands.clock,
        pause=pause,
        free=free,
    )
    with capture_logs() as lines:
        async with recorder:
            orders.place(tmp_path, order())
            await asyncio.wait_for(looked.wait(), 10)
    assert [line["error"] for line in lines if line["event"] == "captures_unreachable"] == ["LookupError"]


async def test_an_order_beyond_a_day_is_refused(tmp_path: Path, recorder: Recorder) -> None:
    async with recorder:
        orders.place(tmp_path, order(until=NOW + timedelta(days=1, seconds=1)))
        orders.place(tmp_path, order(caller="contoso", until=NOW + timedelta(days=1)))
        await recorder.look()
        assert (ended(tmp_path), ended(tmp_path, "contoso")) == (words.TOO_LONG, "")


async def test_a_new_order_is_not_withdrawn_with_the_one_before_it(
    tmp_path: Path, recorder: Recorder, hands: Hands
) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        hands.now += timedelta(minutes=5)
        orders.place(tmp_path, order(id="f" * 16, until=hands.now + timedelta(minutes=5)))
        await recorder.look()
        state = orders.told(tmp_path, "northwind")
        assert state is not None
        assert (state.id, state.ended) == ("f" * 16, "")


async def test_where_the_disk_is_nearly_full_nothing_is_kept(tmp_path: Path, recorder: Recorder, hands: Hands) -> None:
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        hands.free -= 1
        orders.place(tmp_path, order(caller="contoso"))
        await recorder.look()
        assert (ended(tmp_path), ended(tmp_path, "contoso")) == (words.NO_ROOM, words.NO_ROOM)
        assert len(files(tmp_path)) == 1


async def test_a_file_that_is_large_ends_the_capture(tmp_path: Path, hands: Hands) -> None:
    recorder = Recorder(
        tmp_path,
        {"northwind": Manner()},
        public_url="https://busy.example.com",
        limits=Limits(keep=timedelta(days=30), max_size=10_000),
        clock=hands.clock,
        pause=hands.pause,
    )
    async with recorder:
        orders.place(tmp_path, order())
        await recorder.look()
        for _ in range(20):
            recorder.hear(heard())
        await recorder.look()
        assert (ended(tmp_path), recorder.listening) == (words.TOO_LARGE, False)
        (file,) = files(tmp_path)
        assert file.stat().st_size <= 10_000


async def test_old_captures_are_removed_at_the_start_and_every_day(
    tmp_path: Path, recorder: Recorder, hands: Hands
) -> None:
    old, other = (tmp_path / f"northwind-x-{day}T000000Z-0123.jsonl" for day in ("20261001", "20261110"))
    for path in (old, other, tmp_path / "mine.jsonl"):
        path.write_text("x")
    async with recorder:
        assert [path.name for path in files(tmp_path)] == ["mine.jsonl", other.name]
        hands.now += timedelta(days=30)
        await recorder.look()
        assert [path.name for path in files(tmp_path)] == ["mine.jsonl"]


@pytest.fixture
def everybodys(tmp_path: Path) -> None:
    """The directory, when others may write there."""
    tmp_path.chmod(0o777)


@pytest.mark.usefixtures("everybodys")
async def test_a_directory_of_others_keeps_the_server_from_starting(recorder: Recorder) -> None:
    with pytest.raises(UnsafeFolderError, match="others may write there"):
        async with recorder:
            pass
