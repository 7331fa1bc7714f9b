"""Tests of galsync/people/conditions.py: what one says of somebody, and that it never fails once read."""

from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.people.conditions import Condition
from galsync.people.vocabulary import FLAGS, LISTS, LONGEST, TEXTS, ExpressionError
from protocols.model.person import Person
from tests.galsync.crowd import PEOPLE, person

ANN = person(
    texts={"title": "Dr Engineer", "company": "Fabrikam", "department": "Sales"},
    groups=("sales@fabrikam.example", "all@fabrikam.example"),
    aliases=("ann.lee@fabrikam.example",),
    attributes={"employeeType": "temp", "employee-number": "7"},
    hidden=True,
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("company == 'Fabrikam'", True),
        ("company == 'fabrikam'", False),
        ("lower(company) == 'fabrikam'", True),
        ("company != 'Fabrikam' or department == 'Sales'", True),
        ("company != 'Fabrikam' and department == 'Sales'", False),
        ("department in ('Sales', 'Service')", True),
        ("department not in ['Sales', 'Service']", False),
        ("'Eng' in title", True),
        ("'@' in primary and domain == 'fabrikam.example'", True),
        ("startswith(title, 'dr ')", True),
        ("matches(primary, '*@FABRIKAM.example')", True),
        ("has(groups, 'sales@*')", True),
        ("has(aliases, 'bob@*')", False),
        ("'all@fabrikam.example' in groups", True),
        ("hidden", True),
        ("not disabled", True),
        ("office", False),
        ("not office", True),
        ("groups", True),
        ("kind == 'user'", True),
        ("attr.employeeType != 'temp'", False),
        ("attr('employee-number') == '7'", True),
        ("attr.nothing == ''", True),
        ("True", True),
        ("not (title or company)", False),
        ("\n  company == 'Fabrikam'\n\tand hidden\n", True),
        ("(((hidden)))", True),
    ],
)
def test_what_a_condition_says(text: str, holds: bool) -> None:
    assert Condition.parse(text).holds(ANN) is holds


@pytest.mark.parametrize(
    "text",
    [
        "title ==",
        "",
        "title == 'x",
        "title; hidden",
        "title == '\\d'",
        "import os",
        "hidden \x00",
        "title == '\ud800'",
        "(" * 300 + "hidden" + ")" * 300,
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be read") as caught:
        Condition.parse(text)
    assert 0 <= caught.value.place <= len(text)


def test_the_place_is_that_of_the_text_as_written() -> None:
    with pytest.raises(ExpressionError, match="==") as caught:
        Condition.parse("  title = 'x'")
    assert caught.value.place == 8
    with pytest.raises(ExpressionError, match="nobody") as caught:
        Condition.parse("\n\thidden and\n nobody")
    assert caught.value.place == 14


def test_a_condition_is_bounded() -> None:
    with pytest.raises(ExpressionError, match=f"longer than {LONGEST} characters"):
        Condition.parse("hidden or " * 100 + "hidden")


def test_what_must_be_read_for_it() -> None:
    condition = Condition.parse("attr.a == 'x' or attr('b-c') or has(groups, 'g@*')")
    assert condition.attributes == {"a", "b-c"}
    assert condition.needs_groups
    assert not Condition.parse("title").needs_groups


def test_equal_by_their_text() -> None:
    assert Condition.parse("title") == Condition.parse("title")
    assert Condition.parse("title") != Condition.parse("office")
    assert {Condition.parse("title"), Condition.parse("title")} == {Condition.parse("title")}
    assert repr(Condition.parse("title")) == "Condition('title')"


class _Interrupted(dict[str, str]):
    """Attributes of a source; while one of them is looked up, ``meanwhile`` is done."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(a="x")
        self.meanwhile = meanwhile

    def get(self, name: str, default: object = "") -> str:
        self.meanwhile()
        return self[name]


def test_two_threads_do_not_mix_their_people() -> None:
    condition = Condition.parse("attr.a == 'x' and title == 'Ann'")
    bob = person(texts={"title": "Bob"}, attributes={"a": "x"})
    said: list[bool] = []

    def meanwhile() -> None:
        other = Thread(target=lambda: said.append(condition.holds(bob)))
        other.start()
        other.join()

    assert condition.holds(person(texts={"title": "Ann"}, attributes=_Interrupted(meanwhile)))
    assert said == [False]


TEXTUAL = st.sampled_from([*TEXTS, "attr.a", "'x'", "''", "lower(title)", "upper(lower(sip))"])
SIMPLE = st.one_of(
    st.sampled_from([*TEXTS, *LISTS, *FLAGS, "True", "False"]),
    st.builds("{} {} {}".format, TEXTUAL, st.sampled_from(["==", "!=", "in", "not in"]), TEXTUAL),
    st.builds("{} in {}".format, TEXTUAL, st.sampled_from([*LISTS, "('a', 'b')", "[]"])),
    st.builds("{}({}, {})".format, st.sampled_from(["startswith", "endswith", "contains"]), TEXTUAL, TEXTUAL),
    st.builds("matches({}, '{}')".format, TEXTUAL, st.text("*?a[", max_size=5)),
    st.builds("has({}, '{}')".format, st.sampled_from([*LISTS]), st.text("*?a[", max_size=5)),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=6,
)


@given(CONDITIONS.filter(lambda text: len(text) <= LONGEST), PEOPLE)
def test_nobody_is_too_much_for_a_condition(text: str, somebody: Person) -> None:
    assert Condition.parse(text).holds(somebody) in (True, False)


@given(st.text(st.characters() | st.sampled_from("()'[].,=! "), max_size=30), PEOPLE)
def test_whatever_is_written_is_read_or_refused(text: str, somebody: Person) -> None:
    try:
        condition = Condition.parse(text)
    except ExpressionError as error:
        assert 0 <= error.place <= len(text)  # noqa: PT017  # either outcome is right
        return
    assert condition.holds(somebody) in (True, False)
