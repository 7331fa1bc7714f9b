"""The recorder: off until ordered, over by itself, and never in the way."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from protocols.ews.manner import Manner
from proxy.capture import order as orders
from proxy.capture import recorder as words
from proxy.capture.recorder import Recorder
from tests.proxy.capture.samples import heard, order
from tests.proxy.served import NOW


class Hands:
    """A clock that is moved by hand, and a pause that never ends: the tests look themselves."""

    def __init__(self) -> None:
        self.now = NOW

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
        clock=hands.clock,
        pause=hands.pause,
        random=bytes,
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
        tmp_path, {"northwind": Manner()}, public_url="https://busy.example.com", clock=lambda: NOW, pause=pause
    )
    async with recorder:
        orders.place(tmp_path, order())
        while not recorder.listening:
            assert await looks.get() == 1.0
    assert ended(tmp_path) == words.SERVER_ENDED
