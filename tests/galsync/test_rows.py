"""Tests of galsync/rows.py: a row that was read has the shape of the step that was written."""

from dataclasses import fields

from galsync.rows import Done
from galsync.steps import Step


def test_a_row_tells_what_a_step_said_and_where() -> None:
    step, row = ({each.name for each in fields(kind)} for kind in (Step, Done))
    assert row - step == {"place", "key", "before"}
    assert {"act", "anchor", "entry", "agreement", "known", "changes"} <= row & step
