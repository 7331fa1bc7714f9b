"""A short soak of the real server: every trouble of a few, and nothing wrong; the rows say what was seen."""

from pathlib import Path

from bench.soak.asking import Tally
from bench.soak.figures import Soak, soaked
from bench.soak.ground import Plan
from bench.soak.judge import Verdict
from bench.soak.watching import Sample, Watch


async def test_a_short_soak(tmp_path: Path) -> None:
    plan = Plan(people=20, ttl=1.0, period=1.5, deadline=3.0)
    soak = await soaked(tmp_path, questions=1_200, seconds=60, plan=plan)
    rows = {row.name: row for row in soak.rows()}
    assert soak.tally.examples == []
    assert [rows[f"soak_{name}"].value for name in ("wrong", "falsely_free", "hung")] == [0, 0, 0]
    assert rows["soak_recovered"].reached, soak.calm.words()
    assert soak.tally.verdicts[Verdict.DOUBT]
    assert soak.tally.verdicts[Verdict.RIGHT]
    assert soak.watch.samples


def test_rows_tell_what_was_seen() -> None:
    tally, calm = Tally(hung=1, failed=1), Tally()
    tally.verdicts.update({Verdict.RIGHT: 3, Verdict.WRONG: 2, Verdict.FALSELY_FREE: 1, Verdict.DOUBT: 4})
    calm.verdicts[Verdict.RIGHT] += 1
    leak = Watch([Sample(n, 1000 + 10 * n, 5) for n in range(101)])
    rows = {row.name: row for row in Soak(tally, calm, leak).rows()}
    assert {name: row.value for name, row in rows.items()} == {
        "soak_wrong": 2,
        "soak_falsely_free": 1,
        "soak_hung": 2,
        "soak_answered": 0.3,
        "soak_recovered": 1,
        "soak_memory_growth": 0.345,
    }
    assert [name for name, row in rows.items() if row.reached] == ["soak_recovered"]
    assert {row.name: row.value for row in Soak().rows()}["soak_memory_growth"] is None
