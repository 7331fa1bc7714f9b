"""A scenario fails where the server tells something else than the truth, hangs or does not start."""

from pathlib import Path

from bench.chaos.trial import Check, Outcome, Scenario, Trial, tried
from bench.soak.asking import Tally
from bench.soak.ground import Plan, ground
from bench.soak.judge import Verdict


async def nothing(_: Trial) -> None:
    """Breaks nothing."""


async def test_a_server_that_does_not_start_has_not_held(tmp_path: Path) -> None:
    scenario = Scenario(name="x", holds="y", play=nothing, plan=Plan(server="nonsense = 1"))
    outcome = await tried(scenario, tmp_path, questions=1)
    assert [check.words for check in outcome.checks] == ["the server starts"]
    assert not outcome.held


async def test_checks_see_what_went_wrong(tmp_path: Path) -> None:
    async with ground(tmp_path, Plan(people=3)) as where, where.serving() as process:
        trial = Trial(ground=where, outcome=Outcome("x"), questions=4, process=process)
        trial.sound("well", Tally(asked=1))
        trial.sound("hung", Tally(asked=1, hung=1, examples=["who hung"]))
        trial.sound("broken", Tally(asked=1, failed=1))
        trial.sound("broken as expected", Tally(asked=1, failed=1), unbroken=False)
        doubt = Tally(asked=1)
        doubt.verdicts[Verdict.DOUBT] += 1
        trial.all_right("doubt", doubt)
        assert [check.held for check in trial.outcome.checks] == [True, False, False, True, False]
        assert trial.outcome.examples == ["hung: who hung"]
        assert not await trial.until(lambda: False, seconds=0.02)
        await trial.recovers()
        assert trial.outcome.checks[-1].held
        async with trial.meanwhile() as tally:
            assert await trial.until(lambda: tally.asked > 4)
        assert tally.mailboxes
        assert await trial.ended(within=0.01) is None


def test_an_outcome_holds_where_all_of_it_does() -> None:
    assert Outcome("x", [Check("a", True, "")]).held
    assert not Outcome("x", [Check("a", True, ""), Check("b", False, "")]).held
