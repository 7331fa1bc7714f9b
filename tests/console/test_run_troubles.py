"""Tests of console/run_troubles.py."""

import pytest

from console.run_troubles import in_words
from console.terminal import EndingError
from service.runs.lease import LeaseLostError
from service.runs.states import RunOverError
from service.state.errors import StateError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StateError("the state is gone"), "the state is gone"),
        (LeaseLostError("another node"), "another node"),
        (RunOverError(7), "run 7"),
        (FileNotFoundError(2, "No such file", "ca.pem"), "ca.pem: No such file; mend the path or its permissions"),
        (OSError("broken"), "broken; mend the path"),
    ],
)
def test_each_is_a_sentence(error: Exception, words: str) -> None:
    with pytest.raises(EndingError, match=words), in_words():
        raise error


def test_a_mistake_of_ours_stays_one() -> None:
    with pytest.raises(ZeroDivisionError), in_words():
        raise ZeroDivisionError
