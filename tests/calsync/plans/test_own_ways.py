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
LONG = "Some words of a long subject, which a server cuts off after a while"
WEEKLY = '{"days":[[0,"TU"]],"frequency":"WEEKLY"}'
TOLD = "another"


@pytest.mark.parametrize(
    ("name", "asked", "stands", "whose"),
    [
        ("subject", "Stand-up  at noon", "STAND-UP AT NOON", "the server's"),
        ("subject", "Stand-up at noon", "Stand-up at", "somebody's"),
        ("subject", LONG + TOLD, LONG, "the server's"),
        ("subject", "Lunch?", "Lunch!", "somebody's"),
        ("department", "Sales", "Support", "somebody's"),
        ("display_name", None, "Ann Lee", "the server's"),
        ("body", "Some text", "Some\n\ntext ", "the server's"),
        ("body", "Some text & more", "<p>Some <b>text</b> &amp; more</p>", "the server's"),
        ("body", "Some text", "some text", "somebody's"),
        ("body", "Some text", None, "the server's"),
        ("notes", None, "Some text", "somebody's"),
        ("reminder", "5", "15", "the server's"),
        ("reminder", None, "15", "the server's"),
        ("shows", "TENTATIVE", None, "the server's"),
        ("shows", "TENTATIVE", "FREE", "somebody's"),
        ("shows", "FREE", None, "somebody's"),
        ("shows", None, "FREE", "somebody's"),
        ("sensitivity", None, "private", "somebody's"),
        ("sensitivity", "private", None, "the server's"),
        ("sensitivity", "personal", "private", "the server's"),
        ("categories", '["A"]', '["A","B"]', "somebody's"),
        ("categories", '["A","B"]', '["b"]', "the server's"),
        ("emails", '["Ann@x.example"]', '["ann@x.example"]', "the server's"),
        ("emails", '["ann@x.example"]', '["lee@x.example"]', "somebody's"),
        ("phone home", "+49 30 123456", "030/123456", "the server's"),
        ("phone home", "+49 30 123456", "+49 30 123457", "somebody's"),
        ("phone home", None, "+49 30 123457", "somebody's"),
        ("web_page", "http://x.example/", "x.example", "the server's"),
        ("web_page", "x.example", "y.example", "somebody's"),
        ("birthday", "1970-02-03", "1604-02-03", "the server's"),
        ("birthday", "1970-02-03", "1970-02-04", "somebody's"),
        ("place home", '{"city":"Bonn"}', '{"city":"BONN","country":"Germany"}', "the server's"),
        ("place home", '{"city":"Bonn"}', '{"city":"Berlin"}', "somebody's"),
        ("rule", WEEKLY, None, "the server's"),
        ("rule", WEEKLY, '{"frequency":"WEEKLY"}', "the server's"),
        ("rule", WEEKLY, '{"days":[[0,"WE"]],"frequency":"WEEKLY"}', "somebody's"),
        ("rule", WEEKLY, '{"frequency":"never"}', "the server's"),
        ("extra", '["2026-11-03T09:00:00Z"]', '["2026-11-04T09:00:00Z"]', "somebody's"),
        ("when", WHEN, WHEN.replace("Vienna", "Berlin"), "the server's"),
        ("when", WHEN, WHEN.replace("T09", "T08"), "somebody's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace("Vienna", "Berlin").replace("Text", "Text "), "the server's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace("Text", "Theirs"), "somebody's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace('"body":"Text",', ""), "the server's"),
        ("at 2026-11-03", OCCURRENCE, OCCURRENCE.replace('"body"', '"shows":"BUSY","body"'), "somebody's"),
        ("at 2026-11-03", OCCURRENCE, "null", "somebody's"),
        ("at 2026-11-03", OCCURRENCE, None, "the server's"),
        ("at 2026-11-03", "null", "null", "the server's"),
        ("people", None, "[]", "the server's"),
    ],
)
def test_whose_it_is_where_somebody_was_there(name: str, asked: str | None, stands: str | None, whose: str) -> None:
    one, two = ({"when": WHEN} | ({name: text} if text is not None else {}) for text in (asked, stands))
    assert other(one, two, {name}) == ({name} if whose == "somebody's" else set())


def test_occurrences_go_with_their_series() -> None:
    one = {"when": WHEN, "rule": WEEKLY, "at 2026-11-10": "null"}
    two = {"when": WHEN, "rule": WEEKLY.replace("TU", "WE")}
    assert other(one, two, {"rule", "at 2026-11-10"}) == {"rule", "at 2026-11-10"}


def test_a_telephone_number_in_another_place_is_no_other_one() -> None:
    assert other({"phone home": "030 123456"}, {"phone other": "030-123456"}, {"phone home", "phone other"}) == set()
