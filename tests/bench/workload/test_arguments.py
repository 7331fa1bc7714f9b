"""Numbers that cannot be are told with what to write, before anything is begun."""

from dataclasses import fields

import pytest

from bench.workload.arguments import NUMBERS, options
from bench.workload.capacity import SEED
from bench.workload.habits import Habits


def test_what_is_not_written_is_as_usual() -> None:
    given = options(["write", "questions"])
    usual = Habits()
    assert {name: getattr(given, name) for name in NUMBERS} == {name: getattr(usual, name) for name in NUMBERS}
    assert {*NUMBERS, "spans"} == {each.name for each in fields(Habits)}
    assert (given.seed, given.minutes) == (SEED, 40)
    asking = options(["replay", "questions"])
    assert (asking.speed, asking.ttl, asking.most) == (1, 60, 100_000)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replay", "f", "--speed", "0"], "--speed: it cannot be 0: write a number above 0"),
        (["replay", "f", "--speed", "-1"], "--speed: it cannot be -1: write a number above 0"),
        (["replay", "f", "--speed", "nan"], "--speed: it cannot be nan: write a number above 0"),
        (["replay", "f", "--speed", "inf"], "--speed: it cannot be inf: write a number above 0"),
        (["replay", "f", "--speed", "fast"], "--speed: 'fast' is not a number: write a number above 0"),
        (
            ["replay", "f", "--speed", "1000000"],
            "less than a millisecond, which no server keeps: write at most --speed",
        ),
        (["replay", "f", "--ttl", "0"], "--ttl: it cannot be 0: write a number from 0.001 to 86400"),
        (["replay", "f", "--most", "0"], "--most: it cannot be 0: write a whole number from 1"),
        (["replay", "f", "--most", "1.5"], "--most: '1.5' is not a whole number: write a whole number from 1"),
        (["cost", "f", "--ttl", "1e300"], "--ttl: it cannot be 1e300: write a number from 0.001 to 86400"),
        (["cost", "f", "--warming", "-1"], "--warming: it cannot be -1: write a number from 0"),
        (["cost", "f", "--batch", "0"], "--batch: it cannot be 0: write a whole number from 1"),
        (["table", "--most-users", "10"], "--most-users: it cannot be 10: write a whole number from 1000"),
        (["write", "f", "--minutes", "0"], "--minutes: it cannot be 0: write a number above 0"),
        (["write", "f", "--users", "0"], "--users: it cannot be 0: write a whole number from 1"),
        (["write", "f", "--looks", "0.5"], "--looks: it cannot be 0.5: write a number from 1"),
        (["write", "f", "--pause", "0"], "--pause: it cannot be 0: write a number above 0"),
        (["write", "f", "--usual", "1.5"], "--usual: it cannot be 1.5: write a number from 0 to 1"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_told_with_what_to_write(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        options(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
