"""The overload rows tell of the kind that fares worst, and come from a real server: one kind, very short."""

from dataclasses import replace
from pathlib import Path

from bench import overload
from bench.overload import Overloaded
from bench.questions import bodies_of_one_repeated

_NAMES = ["overload_goodput", "overload_p99_of_deadline", "overload_small_caller_refused"]


def test_the_worst_kind_is_told_by_the_median_of_its_rounds() -> None:
    found = {
        "good": [Overloaded(capacity=100, goodput=99, p99=1, small=0.1, small_refused=0)] * 3,
        "bad": [
            Overloaded(capacity=100, goodput=goodput, p99=p99, small=0.2, small_refused=refused)
            for goodput, p99, refused in ((10, 80, 0.5), (80, 4, 0), (90, 2, 0))
        ],
    }
    rows = overload.told(found)
    assert [row.name for row in rows] == _NAMES
    assert [row.value for row in rows] == [0.8, 0.5, 0.5], "refused is what was refused in any round"
    assert [row.reached for row in rows] == [False, True, False]


async def test_the_figures_come_from_a_real_server(tmp_path: Path) -> None:
    kind = replace(overload.KINDS[0], name="few", bodies=lambda today, _: bodies_of_one_repeated(today), settling=0.1)
    rows = await overload.rows(tmp_path, rounds=1, seconds=0.1, kinds=(kind,), connections=40)
    assert [row.name for row in rows] == _NAMES
    assert all(row.value is not None and row.value >= 0 for row in rows)
    assert all("few" in row.note for row in rows)
