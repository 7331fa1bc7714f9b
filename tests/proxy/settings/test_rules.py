"""Tests of proxy/settings/rules.py: what an administrator may write, and what is said where it makes no sense."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from protocols.model.freebusy import Detail, Weekday, WorkingHours, WorkingPeriod
from proxy.settings.ledger import LedgerSettings
from proxy.settings.rules import HoursTable, RuleSettings, check_rules

WORKDAYS = frozenset(day for day in Weekday if day < Weekday.SATURDAY)


def read(text: str) -> RuleSettings:
    """The rule that TOML writes."""
    return RuleSettings.model_validate(tomllib.loads(text))


def refused(text: str) -> list[tuple[str, str]]:
    """Each mistake with its place."""
    with pytest.raises(ValidationError) as caught:
        read(text)
    return [(".".join(map(str, error["loc"])), error["msg"]) for error in caught.value.errors()]


def test_everything_that_may_be_written() -> None:
    rule = read(
        'about = ["Ann@B.example", "*.b.example", "*", "file:board.txt"]\ncallers = ["x"]\nsees = "details"\n'
        'horizon_back = "0d"\nhorizon_ahead = "60d"\nhours = "own"\nredact = ["merger"]'
    )
    assert rule.about == ("ann@b.example", "*.b.example", "*", "file:board.txt")
    assert (rule.sees, rule.hours, rule.redact) == (Detail.DETAILS, "own", ("merger",))
    assert (rule.horizon_back, rule.horizon_ahead) == (timedelta(0), timedelta(days=60))


def _periods(table: str) -> list[tuple[frozenset[Weekday], int, int]]:
    hours = read(f'about = ["*"]\nhours = {{ zone = "Europe/Berlin", {table} }}').hours
    assert isinstance(hours, HoursTable)
    assert hours.working_hours().zone == ZoneInfo("Europe/Berlin")
    return [(period.days, period.start, period.end) for period in hours.working_hours().periods]


def test_hours_of_a_day() -> None:
    assert _periods('from = "08:00", to = "18:30"') == [(WORKDAYS, 480, 1110)]
    assert _periods('from = 8:00, to = "24:00", days = ["Saturday", "SUN"]'.replace("8:00", "08:00:00")) == [
        (frozenset({Weekday.SATURDAY, Weekday.SUNDAY}), 480, 1440)
    ]


def test_hours_over_midnight_are_those_of_two_days() -> None:
    friday, saturday = frozenset({Weekday.FRIDAY}), frozenset({Weekday.SATURDAY})
    assert _periods('from = "22:00", to = "06:00", days = ["fri"]') == [(friday, 1320, 1440), (saturday, 0, 360)]
    assert _periods('from = "22:00", to = "00:00", days = ["fri"]') == [(friday, 1320, 1440)]
    assert _periods('from = "24:00", to = "06:00", days = ["fri"]') == [(saturday, 0, 360)]
    assert _periods('from = "22:00", to = "06:00", days = ["sun"]')[1] == (frozenset({Weekday.MONDAY}), 0, 360)


def test_the_table_becomes_working_hours() -> None:
    table = HoursTable.model_validate({"zone": "UTC", "from": "09:00", "to": "17:00"})
    assert table.working_hours() == WorkingHours(ZoneInfo("UTC"), (WorkingPeriod(WORKDAYS, 540, 1020),))


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("about = []\nsees = 'busy'", "about", "write at least one"),
        ("about = ['a b']\nsees = 'busy'", "about.0", '"a b" matches nobody'),
        ("about = ['file: ']\nsees = 'busy'", "about.0", "path is missing"),
        ("about = ['*']", "", "it says nothing of them"),
        ("about = ['*']\ncallers = ['x']", "", "it says nothing of them"),
        ("about = ['*']\nsees = 'details'", "", "name those who may"),
        ("about = ['*']\ncallers = ['x']\nsees = 'details'\nbusy_only = true", "", "contradict each other"),
        ("about = ['*']\ncallers = ['x']\nbusy_only = true", "", "for every caller"),
        ("about = ['*']\nhorizon_ahead = '12h'", "horizon_ahead", '"30d"'),
        ("about = ['*']\nredact = ['a', ' ']", "redact", "every subject"),
        ("about = ['*']\nhours = 'mine'", "hours", 'write "own", or a table'),
        ("about = ['*']\nhours = 8", "hours", 'write "own", or a table'),
        ("about = ['*']\nhours = {zone = 'UTC', from = '9', to = '17:00'}", "hours.table.from", "not a time of day"),
        ("about = ['*']\nhours = {zone = 'UTC', from = '9:00', to = '24:01'}", "hours.table.to", "not a time of day"),
        ("about = ['*']\nhours = {zone = 'UTC', from = '9:00', to = '9:00'}", "hours.table", "are the same"),
        ("about = ['*']\nhours = {zone = '../x', from = '9:00', to = '17:00'}", "hours.table.zone", "no zone"),
        ("about = ['*']\nhours = {zone = 'Mars/Base', from = '9:00', to = '17:00'}", "hours.table.zone", "no zone"),
        (
            "about = ['*']\nhours = {zone = 'UTC', from = '9:00', to = '17:00', days = ['someday']}",
            "hours.table.days.0",
            "not a day of the week",
        ),
        ("about = ['*']\nhide = true", "hide", "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_place(text: str, place: str, words: str) -> None:
    found = refused(text)
    assert any(where == place and words in said for where, said in found), found


def test_callers_must_exist() -> None:
    rules: list[Any] = [read("about = ['*']\nsees = 'busy'\ncallers = ['x', 'z']")]
    check_rules(rules, ["x", "z"])
    with pytest.raises(ValidationError) as caught:
        check_rules(rules, ["x", "y"])
    [error] = caught.value.errors()
    assert error["loc"] == ("rules", 0, "callers", 1)
    assert error["msg"] == 'there is no caller "z": write one of "x", "y"'


def test_what_was_read_is_written_the_same() -> None:
    text = 'about = ["*"]\nhorizon_back = "7d"\nhours = { zone = "UTC", from = "22:00", to = "06:00", days = ["mon"] }'
    written = read(text).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert written == tomllib.loads(text)


def test_the_rules_and_the_ledger_of_the_guide_are_valid() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "privacy.md").read_text("utf-8")
    rules, ledger = (tomllib.loads(block.partition("```")[0]) for block in guide.split("```toml")[1:])
    assert len([RuleSettings.model_validate(rule) for rule in rules["rules"]]) == 5
    LedgerSettings.model_validate(ledger["ledger"])
    for key in set(RuleSettings.model_fields) - {"about", "callers"}:
        assert f"`{key}`" in guide, key
