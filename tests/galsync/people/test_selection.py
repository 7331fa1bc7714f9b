"""Tests of galsync/people/selection.py: who is taken, what for they are not, and what a source must tell for it."""

import re
from typing import Any

import pytest
from hypothesis import given

from galsync.people.conditions import Condition
from galsync.people.selection import KINDS, Selection, Sieve
from galsync.people.vocabulary import ExpressionError
from galsync.steps import Left
from protocols.model.person import Kind, Person
from tests.galsync.crowd import PEOPLE, person

ANN = person(
    unit="OU=West,OU=Sales,DC=fabrikam,DC=example",
    groups=("Sales@Fabrikam.example",),
    texts={"title": "Dr"},
)
ASKED: list[tuple[dict[str, Any], dict[str, Any]]] = [  # what fits Ann, and what does not
    ({"domains": ["Fabrikam.example"]}, {"domains": ["contoso.example", "*.fabrikam.example"]}),
    ({"domains": ["*.example"]}, {"domains": ["*.contoso.example"]}),
    ({"groups": ["Sales@fabrikam.example"]}, {"groups": ["all@fabrikam.example"]}),
    ({"units": ["ou=sales,dc=fabrikam,dc=example"]}, {"units": ["/Sales"]}),
    ({"kinds": [Kind.USER, Kind.ROOM]}, {"kinds": [Kind.GROUP]}),
    ({"addresses": ["bob@*", "ann@*"]}, {"addresses": ["bob@fabrikam.example"]}),
    ({"where": "title == 'Dr'"}, {"where": "office"}),
]


@pytest.mark.parametrize(("fits", "differs"), ASKED)
def test_each_question_alone(fits: dict[str, Any], differs: dict[str, Any]) -> None:
    assert Selection(include=Sieve.of(**fits)).select(ANN) is None
    assert Selection(include=Sieve.of(**differs)).select(ANN) is Left.NOT_SELECTED
    assert Selection(exclude=Sieve.of(**fits)).select(ANN) is Left.NOT_SELECTED
    assert Selection(exclude=Sieve.of(**differs)).select(ANN) is None


@pytest.mark.parametrize(("fits", "differs"), ASKED)
def test_excluding_wins_and_including_asks_for_all(fits: dict[str, Any], differs: dict[str, Any]) -> None:
    assert Selection(include=Sieve.of(**fits), exclude=Sieve.of(**fits)).select(ANN) is Left.NOT_SELECTED
    everything = {key: value for answers, _ in ASKED for key, value in answers.items()}
    assert Selection(include=Sieve.of(**everything)).select(ANN) is None
    assert Selection(include=Sieve.of(**{**everything, **differs})).select(ANN) is Left.NOT_SELECTED
    nothing = {key: value for _, answers in ASKED for key, value in answers.items()}
    assert Selection(exclude=Sieve.of(**nothing)).select(ANN) is None
    assert Selection(exclude=Sieve.of(**{**nothing, **fits})).select(ANN) is Left.NOT_SELECTED


@pytest.mark.parametrize("kind", sorted(KINDS, key=str))
def test_all_kinds_are_taken_by_themselves(kind: Kind) -> None:
    assert Selection().select(person(kind=kind)) is None


def test_a_contact_never_is() -> None:
    contact = person(kind=Kind.CONTACT)
    assert Selection(include=Sieve.of(kinds=Kind), disabled=True, hidden=True).select(contact) is Left.CONTACT


@pytest.mark.parametrize(
    ("told", "asked", "left"),
    [
        ({"disabled": True}, {}, Left.DISABLED),
        ({"disabled": True}, {"disabled": True}, None),
        ({"hidden": True}, {}, Left.HIDDEN),
        ({"hidden": True}, {"hidden": True}, None),
        ({"hidden": True, "disabled": True}, {"hidden": True}, Left.DISABLED),
    ],
)
def test_the_disabled_and_the_hidden(told: dict[str, Any], asked: dict[str, Any], left: Left | None) -> None:
    assert Selection(**asked).select(person(**told)) is left


def test_without_an_address_nobody_is_asked_further() -> None:
    assert Selection(include=Sieve.of(domains=["x.example"])).select(person("", anchor="1")) is Left.NO_ADDRESS


@given(PEOPLE)
def test_whoever_it_is_there_is_an_answer(somebody: Person) -> None:
    everything = {key: value for answers, _ in ASKED for key, value in answers.items()}
    sieve = Sieve.of(**everything)
    answer = Selection(include=sieve, exclude=sieve).select(somebody)
    assert answer is not None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"domains": ["no domain"]}, "not a DNS label"),
        ({"groups": ["sales"]}, "not an SMTP address"),
        ({"units": [" "]}, "an empty unit"),
        ({"addresses": ["*" + "x" * 300]}, "a pattern of more than"),
        ({"where": "titel"}, "did you mean title?"),
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        Sieve.of(**asked)


def test_an_expression_is_refused_as_one() -> None:
    with pytest.raises(ExpressionError):
        Sieve.of(where="1 +")


@pytest.mark.parametrize(
    ("asked", "needs"),
    [({"groups": ["a@b.example"]}, True), ({"where": "has(groups, 'a*')"}, True), ({"units": ["/a"]}, False)],
)
def test_what_a_source_must_tell(asked: dict[str, Any], needs: bool) -> None:
    for selection in (Selection(include=Sieve.of(**asked)), Selection(exclude=Sieve.of(**asked))):
        assert selection.needs_groups is needs
        assert selection.by_person is not needs


def test_the_attributes_of_both_sieves() -> None:
    selection = Selection(include=Sieve.of(where="attr.a"), exclude=Sieve(where=Condition.parse("attr.b")))
    assert selection.attributes == {"a", "b"}
    assert Selection().attributes == set()


def test_equal_by_what_is_asked() -> None:
    assert Sieve.of(domains=["A.example"], where="title") == Sieve.of(domains=["a.example"], where="title")
    assert Sieve.of(domains=["a.example"]) != Sieve.of()
