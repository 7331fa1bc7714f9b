"""A scenario in its short form: a few questions in each phase, and everything must hold."""

from pathlib import Path

from bench.chaos.trial import Outcome, Scenario, tried
from tests.needs import program


async def held(scenario: Scenario, folder: Path, *, questions: int = 24) -> Outcome:
    """Play it; an assertion tells all that did not hold."""
    for name in scenario.programs:
        program(name)
    outcome = await tried(scenario, folder, questions=questions)
    failed = [f"{check.words}: {check.seen}" for check in outcome.checks if not check.held]
    assert outcome.held, "\n".join([*failed, *outcome.examples])
    return outcome
