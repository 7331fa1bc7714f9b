"""Tests of galsync/ledger/runs.py: a token is not shown, and every state has a name of its own to be kept under."""

from enum import Enum

import pytest

from galsync.ledger.runs import RunKind, Token
from service.runs.states import RunState, StepState
from tests.galsync.remembered import NOW


def test_a_token_is_not_shown() -> None:
    assert "geheim" not in repr(Token(text="geheim", read_at=NOW, people=1))


@pytest.mark.parametrize("kind", [RunKind, RunState, StepState])
def test_what_is_kept_of_each_is_never_two_things(kind: type[Enum]) -> None:
    assert len({each.value for each in kind}) == len(kind.__members__)
