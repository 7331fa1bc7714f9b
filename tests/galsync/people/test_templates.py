"""Tests of galsync/people/templates.py: what a template gives, and which ones are refused when they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.people.templates import FILTERS, Template
from galsync.people.vocabulary import LONGEST, LONGEST_VALUE, TEXTS, ExpressionError
from protocols.model.person import Person
from tests.galsync.crowd import PEOPLE, named, person

ANN = person(
    texts={"given_name": "Ann", "surname": "Lee", "phone": " +49 (30) 12-34", "department": "sales"},
    attributes={"employee-type": "temp"},
)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{given_name} {surname} ({company|'Fabrikam'})", "Ann Lee (Fabrikam)"),
        ("{given_name} {surname} ({company})", "Ann Lee"),
        ("{given_name} {initials} {surname}", "Ann Lee"),
        ("{surname} [{office}] [{department:title}]", "Lee [Sales]"),
        ("{company|department:upper}", "SALES"),
        ("{ company | department | 'x' }", "sales"),
        ("{company|'Fabrikam'}", "Fabrikam"),
        ("Fabrikam", "Fabrikam"),
        ("", ""),
        ("{company} - {office}", ""),
        ("{company} ({office|'nowhere'})", ""),
        ("{phone:digits}", "+49301234"),
        ("{local}@alias.example", "ann@alias.example"),
        ("{attr.employee-type}", "temp"),
        ("{{{given_name}}}", "{Ann}"),
        ("{given_name:upper:lower}", "ann"),
        ("{company|'a|b'}", "a|b"),
        ("{company|''}{given_name}", "Ann"),
        ("{given_name}  {surname}", "Ann  Lee"),
    ],
)
def test_what_a_template_gives(template: str, text: str) -> None:
    assert Template.parse(template).render(ANN) == text


@pytest.mark.parametrize(
    ("template", "what", "place"),
    [
        ("{given_nam}", "nothing is called given_nam; did you mean given_name?", 1),
        ("{given_name:uper}", "no filter is called uper: there are upper, lower, title, digits", 11),
        ("a {given_name", "{ without its other half; write {{ for the sign", 2),
        ("a }", "} without its other half; write }} for the sign", 2),
        ("{}", "not a word, and not a text in quotes", 1),
        ("{title|}", "not a word, and not a text in quotes", 7),
        ("{title||company}", "not a word, and not a text in quotes", 7),
        ("{'x'|title}", "a text in quotes is what remains, so nothing comes after it", 5),
        ("{title or company}", "not a word, and not a text in quotes", 1),
        ("{__class__}", "not a word, and not a text in quotes", 1),
        ("{title.upper}", "nothing is called title.upper; did you mean title?", 1),
        ("{groups}", "nothing is called groups", 1),
        ("{0}", "not a word, and not a text in quotes", 1),
        ("x" * (LONGEST + 1), f"longer than {LONGEST} characters", 0),
    ],
)
def test_a_wrong_template_is_refused_when_it_is_read(template: str, what: str, place: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        Template.parse(template)
    assert caught.value.what.removesuffix("; did you mean phone?") == what
    assert (caught.value.text, caught.value.place) == (template, place)


def test_what_must_be_read_for_it() -> None:
    template = Template.parse("{attr.employeeType} {title:upper|attr.x|attr.x:lower}")
    assert template.names == {"attr.employeeType", "attr.x", "title"}
    assert template.attributes == {"employeeType", "x"}


def test_equal_by_their_text() -> None:
    assert Template.parse("{title}") == Template.parse("{title}")
    assert Template.parse("{title}") != Template.parse("{office}")
    assert repr(Template.parse("{title}")) == "Template(text='{title}', names=frozenset({'title'}))"


@given(st.text(st.sampled_from("{}|':ab title groups."), max_size=30))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        Template.parse(text).render(ANN)
    except ExpressionError as error:
        assert 0 <= error.place <= len(text)  # noqa: PT017  # either outcome is right


PIECES = st.builds(
    "{{{}{}}}".format, st.sampled_from(sorted(TEXTS)), st.sampled_from(["", *(f":{name}" for name in FILTERS), "|'x'"])
)


@given(st.lists(PIECES | st.sampled_from(["(", ")", " ", "-"]), max_size=5), PEOPLE)
def test_no_person_is_too_much_for_a_template(pieces: list[str], somebody: Person) -> None:
    text = Template.parse("".join(pieces)).render(somebody)
    assert text == text.strip()


def test_what_it_gives_is_bounded() -> None:
    long = named("ß" * 100_000)
    assert len(Template.parse("{display_name:upper}{display_name}").render(long)) == LONGEST_VALUE
