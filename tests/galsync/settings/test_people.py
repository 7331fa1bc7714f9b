"""Tests of galsync/settings/people.py."""

from galsync.entries import How
from galsync.people.mapping import FIELDS
from galsync.settings.people import SieveSettings, rules_of
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from tests.galsync.settings.estate import wrong

ANN = Person(
    anchor="1", kind=Kind.USER, primary=Mailbox.parse("ann@fabrikam.example"), texts={Field.DEPARTMENT: "Sales"}
)


def test_a_sieve_asks_all_that_is_written() -> None:
    written = {"domains": ["*.example"], "kinds": ["user"], "addresses": ["a*@*"], "where": "department == 'Sales'"}
    assert SieveSettings.model_validate(written).sieve().every(ANN)
    assert not SieveSettings.model_validate(written | {"kinds": ["room"]}).sieve().every(ANN)


def test_nothing_written_asks_nothing() -> None:
    assert SieveSettings().sieve().every(ANN)
    assert not SieveSettings().sieve().some(ANN)


def test_what_cannot_be_asked() -> None:
    assert "empty unit" in wrong(SieveSettings, {"units": [" "]})[0]
    assert wrong(SieveSettings, {"kinds": ["contact"]})


def test_fields_are_added_left_and_rendered() -> None:
    hows = {Field.MOBILE: "write", Field.FAX: "leave", Field.NOTES: "clear", Field.PHONE: "overwrite"}
    rules = rules_of(hows, {Field.PHONE: "{phone:digits}", Field.EXTRA_1: "{company}"})
    assert rules.keys() == (FIELDS.keys() | {Field.MOBILE, Field.NOTES, Field.EXTRA_1}) - {Field.FAX}
    assert (rules[Field.NOTES].how, rules[Field.PHONE].how) == (How.CLEAR, How.OVERWRITE)
    assert (rules[Field.EXTRA_1].how, rules[Field.MOBILE].value) == (How.WRITE, None)
