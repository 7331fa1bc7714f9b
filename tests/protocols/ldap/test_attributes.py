"""Tests of protocols.ldap.attributes."""

from protocols.ldap.attributes import EXCHANGE_STAMP, FIELDS, PLAIN_STAMP, STAMPS, Schema, known_filter
from protocols.ldap.filters import checked
from protocols.model.person import Field
from tests.protocols.ldap.forest import schema_of_exchange, schema_of_windows


def schema(*names: str) -> Schema:
    return Schema(frozenset(name.lower() for name in names))


def test_every_field_has_its_attribute() -> None:
    assert set(FIELDS) == set(Field) - {Field.MANAGER}
    assert len(set(FIELDS.values())) == len(FIELDS)


def test_a_stamp_stands_where_the_schema_has_room() -> None:
    assert schema(*schema_of_exchange()).stamp == EXCHANGE_STAMP
    assert schema(*schema_of_windows()).stamp == PLAIN_STAMP
    assert {EXCHANGE_STAMP, PLAIN_STAMP} <= set(STAMPS)


def test_what_the_schema_does_not_know_is_named() -> None:
    assert schema(*schema_of_exchange()).missing == ()
    missing = schema(*schema_of_windows()).missing
    assert "targetAddress" in missing
    assert "displayName" not in missing


def test_what_makes_a_schema_exchanges() -> None:
    assert schema(*schema_of_exchange()).exchange
    assert not schema(*schema_of_windows()).exchange


def test_the_schema_is_asked_by_a_filter() -> None:
    assert checked(known_filter())
    assert schema("DisplayName").knows("displayname")
