"""Tests of galsync/people/limits.py: nothing longer than an address book takes, and no character cut in two."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Form
from galsync.people.limits import HOLDS, IN_ALL, LIMITS, PHOTO, fit, shortened
from protocols.model.person import DISPENSABLE, Field
from tests.galsync.crowd import CLEAN


def test_every_field_and_every_form_is_in_the_tables() -> None:
    assert LIMITS.keys() == set(Field)
    assert HOLDS.keys() == PHOTO.keys() == set(Form)
    names = {Field.DISPLAY_NAME, Field.GIVEN_NAME, Field.SURNAME}
    assert sorted([*DISPENSABLE, *names]) == sorted(Field)


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        ("Ann Lee", 7, "Ann Lee"),
        ("Ann Lee", 6, "Ann Le"),
        ("Ann Lee", 4, "Ann"),
        ("ae\u0301", 2, "a"),
        ("a\U0001f469\u200d\U0001f467b", 6, "a\U0001f469\u200d\U0001f467"),
        ("a\U0001f469\u200d\U0001f467b", 5, "a"),
        ("a\U0001f44d\U0001f3fd", 4, "a"),
        ("a\U0001f44d", 2, "a"),
        ("a\u2764\ufe0f", 2, "a"),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, left: str) -> None:
    assert shortened(text, limit) == left


@given(st.text(), st.integers(1, 30))
def test_what_is_left_is_the_beginning_and_fits(text: str, limit: int) -> None:
    left = shortened(text, limit)
    assert text.startswith(left)
    assert len(left.encode("utf-16-le")) <= 2 * limit or left is text
    assert left is text or len(text.encode("utf-16-le")) > 2 * limit


def test_marks_without_end_are_cut_all_the_same() -> None:
    assert shortened("a" + "\u0301" * 100, 50) == "a" + "\u0301" * 49


def test_each_field_is_cut_to_its_own_length_and_counted() -> None:
    texts = {Field.TITLE: "x" * 128, Field.COMPANY: "x" * 65, Field.INITIALS: "\U0001f469" * 4}
    cut: Counter[str] = Counter()
    fit(texts, Form.MAIL_CONTACT, cut)
    assert {name: len(text) for name, text in texts.items()} == {Field.TITLE: 128, Field.COMPANY: 64, Field.INITIALS: 3}
    assert cut == {"company": 1, "initials": 1}


def test_a_shared_contact_fits_in_all() -> None:
    texts = dict.fromkeys(Field, "ü" * 60)
    cut: Counter[str] = Counter()
    fit(texts, Form.SHARED_CONTACT, cut)
    assert sum(len(text.encode()) for text in texts.values()) <= IN_ALL
    assert {Field.DISPLAY_NAME, Field.PHONE, Field.COMPANY, Field.TITLE} <= texts.keys()
    assert Field.NOTES not in texts
    assert cut["notes"] == 1


@given(st.dictionaries(st.sampled_from(Field), CLEAN), st.sampled_from(Form))
def test_what_fits_is_left_alone(texts: dict[Field, str], form: Form) -> None:
    before, cut = dict(texts), Counter[str]()
    fit(texts, form, cut)
    once = dict(texts)
    fit(texts, form, cut)
    assert texts == once
    assert cut.total() == sum(before[name] != texts.get(name) for name in before)
