"""docs/scale.md tells what the workload really costs: its figures come from a seed, so one line is counted again."""

from bench.machine import ROOT
from bench.workload.capacity import SEED, TTLS, by_users


async def test_a_line_of_the_table_is_what_is_counted() -> None:
    [line] = await by_users([1_000], [TTLS[1]], seed=SEED)
    found = line.cost
    told = (
        f"| 1,000 | 60 s | {found.rate:.2f} | {found.hits * 100:.1f} % | {found.calls_per_question:.3f} "
        f"| {found.rate * found.calls_per_question:.2f} | {found.kept:,} |"
    )
    assert told in (ROOT / "docs/scale.md").read_text(encoding="utf-8")
