"""The command asks for as much as it was told to, and says whether all of it held."""

import pytest

from bench.soak.__main__ import main, options
from bench.soak.figures import QUESTIONS


def test_what_the_command_line_says() -> None:
    assert options([]).questions == QUESTIONS
    given = options(["--questions", "50", "--seconds", "2", "--seed", "7"])
    assert (given.questions, given.seconds, given.seed) == (50, 2.0, 7)


def test_the_command_prints_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--questions", "30", "--seconds", "20"])
    printed = capsys.readouterr().out
    for row in ("soak_wrong", "soak_falsely_free", "soak_hung", "soak_memory_growth"):
        assert row in printed
