"""Tests of service/runs/states.py: the words that stand in a database never change."""

from service.runs.states import HEADLINES, RunOverError, RunState, StepState


def test_the_words_of_a_database_stay() -> None:
    assert {each.value for each in RunState} == {"begun", "done", "failed", "stopped", "abandoned"}
    assert {each.value for each in StepState} == {"begun", "done", "handed", "failed", "doubt"}


def test_a_run_that_is_over_says_which() -> None:
    assert "took the place of run 7" in str(RunOverError(7))


def test_every_state_has_a_headline_and_the_bad_ones_cry() -> None:
    assert set(HEADLINES) == {None, *RunState}
    loud = {state for state, words in HEADLINES.items() if words.isupper()}
    assert loud == {RunState.FAILED, RunState.STOPPED, RunState.ABANDONED}
