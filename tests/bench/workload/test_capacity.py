"""The tables have a line for each thing that is changed, and the row says what it is of."""

from datetime import timedelta

import pytest

from bench.workload import capacity


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "WARMING", 60.0)
    monkeypatch.setattr(capacity, "SECONDS", 300.0)


async def test_a_line_for_users_and_time_to_live() -> None:
    ttls = [timedelta(seconds=each) for each in (15, 60)]
    found = await capacity.by_users([200, 400], ttls, seed=1)
    assert [(line.who, line.ttl) for line in found] == [(f"{users} users", ttl) for users in (200, 400) for ttl in ttls]
    assert found[2].cost.questions > found[0].cost.questions > 0


async def test_a_line_for_each_habit() -> None:
    found = await capacity.by_spans(500, seed=1)
    assert len({line.who for line in found}) == len(found) == 12
    assert len({(line.cost.questions, line.cost.calls, line.cost.looked_up) for line in found}) > 8


async def test_nodes_that_share_nothing_ask_more() -> None:
    one, four = await capacity.by_nodes(1_000, [1, 4], seed=1)
    assert one.cost.questions == four.cost.questions
    assert one.cost.calls < four.cost.calls


async def test_the_row_is_information() -> None:
    [row] = await capacity.rows(users=1_000)
    assert row.name == "workload_calls_per_question"
    assert row.bound == ""
    assert row.value is not None
    assert 0 < row.value < 5
    assert "1,000 users" in row.note
