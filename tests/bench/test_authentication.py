"""What authentication adds is the difference of two doors in one process, both answering from the cache."""

import base64
from pathlib import Path

import pytest

from bench import authentication
from bench.questions import HEADERS, USERNAME
from bench.served import WrongAnswerError, served


async def test_a_short_run(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        [row] = await authentication.rows(server, rounds=3, questions=50)
    assert (row.name, row.at_most) == ("authentication_added_us", 60)
    assert row.value is not None
    assert -100 < row.value < 1_000  # the bound of the row is for a quiet machine


async def test_whoever_is_not_let_in_is_not_measured(tmp_path: Path) -> None:
    wrong = HEADERS | {"Authorization": "Basic " + base64.b64encode(f"{USERNAME}:wrong".encode()).decode()}
    async with served(tmp_path) as server:
        with pytest.raises(WrongAnswerError, match="401"):
            await authentication.rows(server, rounds=1, questions=1, headers=wrong)
