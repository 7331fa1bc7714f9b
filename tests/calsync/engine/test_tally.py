"""What became of steps is counted by spoke and act, and failures are named."""

from calsync.engine.tally import UNTRIED, Tally, anew
from calsync.spoke import Act, Failed, Written
from calsync.steps import Step, Why
from protocols.model.freebusy import Reason

STEP = Step(act=Act.UPDATE, why=Why.CHANGED, item="i1", spoke="north")


def test_each_outcome_is_counted_once() -> None:
    tally = Tally()
    tally.count(STEP, Written(None))
    tally.count(STEP, UNTRIED)
    tally.count(STEP, Failed(reason=Reason.INCOMPLETE, words="changed meanwhile", stale=True))
    tally.count(STEP, Failed(reason=Reason.TIMEOUT, words="", doubt=True), "A secret meeting")
    assert tally.written == {("north", Act.UPDATE): 1}
    assert tally.figures() == {"written_update": 1, "failed": 1, "in_doubt": 1, "untried": 1, "again": 1}
    [failure] = tally.failures
    assert (failure.words, failure.title, failure.doubt) == ("timeout", "A secret meeting", True)
    assert "secret" not in repr(failure)


def test_what_is_planned_anew() -> None:
    def failed(**others: bool) -> Failed:
        return Failed(reason=Reason.INCOMPLETE, words="x", **others)  # type: ignore[arg-type]

    assert all(map(anew, (failed(stale=True), failed(gone=True), failed(guarded=True))))
    assert not any(map(anew, (failed(), failed(refused=True), failed(doubt=True))))
