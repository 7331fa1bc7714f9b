"""Tests of calsync/ledger/rows.py: the words that stand in a database never change, and no content is shown."""

from calsync.ledger.rows import Feed, RunKind, StepRow
from calsync.spoke import Act
from calsync.steps import Why
from service.runs.states import StepState
from tests.service.runs.kept import NOON

STEP = StepRow(
    number=1,
    run=1,
    begun_at=NOON,
    state=StepState.DONE,
    act=Act.UPDATE,
    why=Why.CHANGED,
    item="i",
    spoke="s",
    key="k",
    title="t",
    before={"body": "a secret"},
    after={"body": "a secret"},
)


def test_the_words_of_a_database_stay() -> None:
    assert {each.value for each in RunKind} == {"sync", "purge"}


def test_content_and_tokens_are_not_shown() -> None:
    assert "a secret" not in f"{STEP}{Feed(token='a secret', read_at=NOON)}"
