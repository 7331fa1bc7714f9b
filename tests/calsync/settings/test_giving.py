"""Tests of calsync/settings/giving.py: what is written is what the plan goes by, and nothing is allowed unwritten."""

from datetime import timedelta

import pytest

from calsync.rules import Detail, Gets, Gives, Reminders, Treat
from calsync.settings.giving import GetSettings, GiveSettings
from tests.calsync.settings.merger import told


def test_the_usual_is_the_usual_of_the_rules() -> None:
    assert GiveSettings().gives() == Gives()
    assert GetSettings().gets() == Gets()
    assert not GetSettings().writes


def test_every_word_reaches_the_plan() -> None:
    sorts = {"private": "busy", "tentative": "skip", "free": "skip", "all_day": "busy", "declined": "copy"}
    lists = {"categories": ["A"], "without_categories": ["B"], "subjects": ["P*"], "without_subjects": ["L*"]}
    written = sorts | lists | {"cancelled": "copy", "detail": "subject", "back": "10d", "ahead": "20d"}
    assert GiveSettings.model_validate(written).gives() == Gives(
        private=Treat.BUSY,
        tentative=Treat.SKIP,
        free=Treat.SKIP,
        all_day=Treat.BUSY,
        declined=Treat.COPY,
        cancelled=Treat.COPY,
        detail=Detail.SUBJECT,
        back=timedelta(days=10),
        ahead=timedelta(days=20),
        categories=frozenset({"A"}),
        without=frozenset({"B"}),
        subjects=("P*",),
        without_subjects=("L*",),
    )


def test_everything_that_may_be_done_is_said() -> None:
    switches = dict.fromkeys(("create", "change", "delete", "private", "people", "anonymous"), True)
    texts = {"detail": "subject", "prefix": "[F] ", "subject": "Busy", "category": "F", "reminders": "keep"}
    get = GetSettings.model_validate(switches | texts)
    assert get.writes
    assert get.gets() == Gets(
        create=True,
        change=True,
        delete=True,
        detail=Detail.SUBJECT,
        prefix="[F] ",
        subject="Busy",
        category="F",
        private=True,
        people=True,
        reminders=Reminders.KEEP,
        anonymous=True,
    )


@pytest.mark.parametrize(
    ("written", "where"),
    [({"private": "hide"}, "private"), ({"back": "6 months"}, "back"), ({"colour": "red"}, "colour")],
)
def test_what_is_no_word(written: dict[str, str], where: str) -> None:
    assert list(told(GiveSettings, written)) == [where]


def test_a_switch_is_no_text() -> None:
    assert list(told(GetSettings, {"create": "yes"})) == ["create"]
