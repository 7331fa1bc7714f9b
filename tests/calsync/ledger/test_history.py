"""Tests of calsync/ledger/history.py: each step is written down before it is done, and its end when it is seen."""

import pytest

from calsync.contents import digests
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Result, StepRow
from calsync.spoke import Act, Failed, Outcome, Written
from calsync.steps import Why
from protocols.model.freebusy import Reason
from service.runs.states import StepState
from tests.calsync.ledger.remembered import HUB, begin, item, link, stands, step, told
from tests.service.runs.kept import NOON

REFUSED = Failed(reason=Reason.FORBIDDEN, words="let the account write there", refused=True)
DOUBT = Failed(reason=Reason.TIMEOUT, words="the next run looks", doubt=True)


async def rows(ledger: Ledger, run: int) -> list[StepRow]:
    return [row async for row in ledger.steps(run)]


async def test_a_step_is_told_with_what_stood_there_and_what_was_to_stand(ledger: Ledger) -> None:
    run = await begin(ledger)
    changes = frozenset({"display_name"})
    before, after = {"display_name": '"Bob"', "notes": '"x"'}, {"display_name": '"Ann"', "notes": '"x"'}
    steps = [
        step("ann"),
        step(
            "bob", Act.UPDATE, why=Why.CHANGED, link=link("right", "k2"), changes=changes, before=before, fields=after
        ),
        step("cid", Act.DELETE, why=Why.GONE, link=link("right", "k3"), before=told("Cid")),
    ]
    numbers = await ledger.beginning(run, steps)
    assert list(numbers) == sorted({*numbers})
    first, second, third = await rows(ledger, run)
    assert first == StepRow(
        number=numbers[0],
        run=run,
        begun_at=NOON,
        state=StepState.BEGUN,
        act=Act.CREATE,
        why=Why.NEW,
        item="ann",
        spoke="right",
        key="",
        title=first.title,
        after=told("ann"),
    )
    assert (second.before, second.after) == ({"display_name": '"Bob"'}, {"display_name": '"Ann"'})
    assert (third.before, third.after, third.key) == (told("Cid"), {}, "k3")
    assert "Cid" in third.title
    assert await ledger.beginning(run, []) == ()


@pytest.mark.parametrize(
    ("outcome", "state", "key", "words"),
    [
        (Written(stands("new")), StepState.DONE, "new", ""),
        (Written(None), StepState.DONE, "", ""),
        (REFUSED, StepState.FAILED, "", REFUSED.words),
        (DOUBT, StepState.DOUBT, "", DOUBT.words),
    ],
)
async def test_what_became_of_a_step(ledger: Ledger, outcome: Outcome, state: StepState, key: str, words: str) -> None:
    run = await begin(ledger)
    (number,) = await ledger.beginning(run, [step("ann")])
    await ledger.done(run, [Result(number, outcome)])
    (row,) = await rows(ledger, run)
    assert (row.state, row.key, row.words) == (state, key, words)


async def test_what_was_deleted_keeps_its_name(ledger: Ledger) -> None:
    run = await begin(ledger)
    (number,) = await ledger.beginning(run, [step("ann", Act.DELETE, link=link("right", "old"))])
    await ledger.done(run, [Result(number, Written(None))], forget=["ann"])
    assert [row.key for row in await rows(ledger, run)] == ["old"]


async def test_a_creation_is_begun_until_its_end_was_seen(ledger: Ledger) -> None:
    run = await begin(ledger)
    steps = [step("ann"), step("bob"), step("cid"), step("dan"), step("eve", Act.UPDATE, link=link("right", "e"))]
    numbers = await ledger.beginning(run, steps)
    everybody = {(name, "right") for name in ("ann", "bob", "cid", "dan")}
    assert await ledger.begun(HUB) == everybody
    outcomes: list[Outcome] = [Written(stands("a")), REFUSED, DOUBT]
    results = [Result(number, each) for number, each in zip(numbers, outcomes, strict=False)]
    await ledger.done(run, results, [item("ann", link("right", "a"))])
    assert await ledger.begun(HUB) == {("cid", "right"), ("dan", "right")}
    assert await ledger.begun("another") == set()
    again = await begin(ledger)
    await ledger.keep(HUB, again, agreed=[item("cid", link("right", "found"))])
    assert await ledger.begun(HUB) == {("dan", "right")}, "a link was kept: it was made"
    (number,) = await ledger.beginning(again, [step("dan")])
    await ledger.done(again, [Result(number, REFUSED)])
    assert await ledger.begun(HUB) == set()


async def test_what_is_kept_with_the_end_of_a_step_is_kept_with_it_or_not_at_all(ledger: Ledger) -> None:
    run = await begin(ledger)
    (number,) = await ledger.beginning(run, [step("ann")])
    broken = item("ann", link("right", "k", asked={"subject": b"too short"}, stood=digests({})))
    with pytest.raises(ValueError, match="8 bytes"):
        await ledger.done(run, [Result(number, Written(stands("k")))], [broken])
    assert [row.state for row in await rows(ledger, run)] == [StepState.BEGUN]
    assert await ledger.agreed(HUB, ["ann"]) == {}
