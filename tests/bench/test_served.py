"""The server under test is the real one, and a wrong answer is no answer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.questions import EVENTS, address, body
from bench.served import WrongAnswerError, served


async def test_a_question_goes_through_to_the_upstream(tmp_path: Path) -> None:
    question = body([address(1), address(2)], datetime.now(UTC).date())
    async with served(tmp_path) as server:
        await server.ask(question, whole=(2, 2 * EVENTS))
        assert await server.upstream_calls() == 1
        await server.ask(question, whole=(2, 2 * EVENTS))
        assert await server.upstream_calls() == 1
        with pytest.raises(WrongAnswerError):
            await server.ask(question, whole=(3, 3 * EVENTS))
        with pytest.raises(WrongAnswerError):
            await server.ask(b"<not a question/>", whole=(1, EVENTS))
