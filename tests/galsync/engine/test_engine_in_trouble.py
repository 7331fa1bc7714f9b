"""Whatever goes wrong on the way, in whatever order: nobody is lost or doubled, and nothing foreign is touched."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from galsync.side import Failed
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.galsync.machine import machine
from tests.galsync.scripted import (
    DiedError,
    Play,
    ScriptedTarget,
    dying,
    hanging,
    lost,
    partly,
    short,
    throttled,
)
from tests.galsync.stock import held, person

NAMES = [f"p{number}" for number in range(9)]
REFUSED = Failed(Reason.FORBIDDEN, "no")
PLAYS: st.SearchStrategy[Play | None] = st.one_of(
    st.none(),
    st.builds(throttled, st.sampled_from([None, timedelta(), timedelta(seconds=30), timedelta(days=1)])),
    st.builds(lost, written=st.booleans()),
    st.builds(short, by=st.integers(1, 4)),
    st.builds(partly, st.integers(0, 4), st.just(REFUSED)),
    st.builds(dying, st.integers(0, 4)),
    st.just(hanging),
)
TITLES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "Lead", "Chief"]), min_size=1)
RUNS = st.lists(st.tuples(TITLES, st.lists(PLAYS, max_size=6)), min_size=1, max_size=3)


async def lived_through(runs: Sequence[tuple[dict[str, str], list[Play | None]]], folder: Path) -> None:
    """Each run with its people and its troubles, and one at the end without any."""
    target, theirs = ScriptedTarget(), held("theirs", sync=None)
    target.memory.put("", theirs)
    async with machine(folder, target=target, patience=timedelta(milliseconds=5), whole_every=timedelta(days=9)) as it:
        titles: dict[str, str] = {}
        for titles, script in runs:
            for name in {*it.source.people} - {*titles}:
                it.source.remove(name)
            for name, title in titles.items():
                it.source.put(person(name, title=title))
            target.script = list(script)
            try:
                await it.engine().apply()
            except DiedError:
                assert await it.ledger.unfinished("staff")
        target.script = []
        report = await it.engine().apply()
        assert report.state is RunState.DONE, report.words
        shown = {address: one for address, one in it.standing().items() if not one.hidden}
        assert {address: dict(one.texts) for address, one in shown.items()} == {
            f"{name}@a.example": dict(person(name, title=title).texts) for name, title in titles.items()
        }
        assert target.memory.find("", theirs.key) == theirs
        again = await it.engine().plan(whole=True)
        assert again.plans[0].steps == ()
        agreed = await it.ledger.agreements("staff", "")
        assert {each.key for each in agreed.values()} == {one.key for one in it.standing().values()}


@settings(max_examples=20, phases=(Phase.explicit, Phase.generate))  # a world a run is too much to shrink
@given(RUNS)
def test_after_all_troubles_everybody_stands_there_once(
    runs: Sequence[tuple[dict[str, str], list[Play | None]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(lived_through(runs, Path(folder)))
