"""Tests of calsync/plans/own_ways.py: what a server makes of a text is told from what somebody made of it."""

import pytest

from calsync.plans.own_ways import other, somebodys

WHEN = '{"end":"2026-11-03T10:00:00Z","start":"2026-11-03T09:00:00Z","zone":"Europe/Vienna"}'


@pytest.mark.parametrize(
    ("name", "asked", "stands", "whose"),
    [
        ("subject", "Stand-up  at noon", "STAND-UP AT NOON", "the server's"),
        ("subject", "Stand-up at noon", "Stand-up at", "the server's"),
        ("subject", "Stand-up", "Lunch", "somebody's"),
        ("location", "Room 1", "Room 2", "somebody's"),
        ("when", WHEN, WHEN.replace("Vienna", "Berlin"), "the server's"),
        ("when", WHEN.replace("09:00:00", "09:00:30"), WHEN, "the server's"),
        ("when", WHEN, WHEN.replace("T09", "T08"), "somebody's"),
        ("when", '{"first":"2026-11-03","until":"2026-11-04"}', WHEN, "somebody's"),
        ("body", "Some text", "<p>Some text</p>", "the server's"),
        ("reminder", "5", "15", "the server's"),
    ],
)
def test_whose_it_is(name: str, asked: str, stands: str, whose: str) -> None:
    found = somebodys({name: asked}, {name: stands}, {name})
    assert found == ({name} if whose == "somebody's" else set())


def test_what_a_server_leaves_out_or_fills_in_is_its_way() -> None:
    assert somebodys({"subject": "One"}, {"location": "Two"}, {"subject", "location"}) == set()


OCCURRENCE = f'{{"body":"Text","subject":"Moved","when":{WHEN}}}'


@pytest.mark.parametrize(
    ("name", "asked", "stands", "whose"),
    [
        ("subject", "Stand-up  at noon", "STAND-UP AT NOON", "the server's"),
        ("subject", "Stand-up at noon", "Stand-up at", "somebody's"),
        ("subject", "Lunch?", "Lunch!", "somebody's"),
        ("body", "Some text", "Some\n\ntext ", "the server's"),
        ("body", "Some text", "some text", "somebody's"),
        ("body", "Some text", None, "somebody's"),
        ("notes", None, "Some text", "somebody's"),
        ("reminder", "5", "15", "somebody's"),
        ("categories", '["A"]', '["A","B"]', "somebody's"),
        ("when", WHEN, WHEN.replace("Vienna", "Berlin"), "the server's"),
        ("when", WHEN, WHEN.replace("T09", "T08"), "somebody's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace("Vienna", "Berlin").replace("Text", "Text "), "the server's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace("Text", "Theirs"), "somebody's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace('"body":"Text",', ""), "somebody's"),
        ("at 2026-11-03", OCCURRENCE, "null", "somebody's"),
        ("at 2026-11-03", "null", "null", "the server's"),
    ],
)
def test_whose_it_is_where_somebody_was_there(name: str, asked: str | None, stands: str | None, whose: str) -> None:
    one, two = ({name: text} if text is not None else {} for text in (asked, stands))
    assert other(one, two, {name}) == ({name} if whose == "somebody's" else set())
