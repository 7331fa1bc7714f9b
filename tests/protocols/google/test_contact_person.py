"""Which list of a contact of the People API holds which field."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.google import contact_person as contact
from protocols.google.contact_person import NAMES, READ_MASK, SLOTS, WRITE_MASK
from protocols.model.person import Field

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)


def whole(**texts: str) -> dict[str, object]:
    person = contact.blank(["contactGroups/1"])
    contact.put(person, {Field(key): text for key, text in texts.items()})
    return person


def test_every_field_has_its_place() -> None:
    assert {*SLOTS, *NAMES} == set(Field)
    assert len(set(map(str, SLOTS.values()))) == len(SLOTS)
    assert set(WRITE_MASK.split(",")) < set(READ_MASK.split(","))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(list(Field)), TEXTS))
def test_texts_come_back_through_bytes(texts: dict[Field, str]) -> None:
    person = whole(**{field.value: text for field, text in texts.items()})
    assert contact.texts(orjson.loads(orjson.dumps(person))) == texts


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(list(Field)), TEXTS),
    st.dictionaries(st.sampled_from(list(Field)), st.just("") | TEXTS),
)
def test_a_change_changes_what_it_names_and_nothing_else(before: dict[Field, str], change: dict[Field, str]) -> None:
    person = whole(**{field.value: text for field, text in before.items()})
    contact.put(person, change)
    assert contact.texts(person) == {field: text for field, text in {**before, **change}.items() if text}


def test_as_google_documents_it() -> None:
    person = whole(display_name="Ann (B)", given_name="Ann", company="B", title="Lead", fax="1", notes="n")
    assert person["names"] == [{"givenName": "Ann"}]
    assert person["fileAses"] == [{"value": "Ann (B)"}]
    assert person["organizations"] == [{"type": "work", "name": "B", "title": "Lead"}]
    assert person["phoneNumbers"] == [{"type": "workFax", "value": "1"}]
    assert person["biographies"] == [{"value": "n"}]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([{"givenName": "Ann (B)"}], {Field.DISPLAY_NAME: "Ann (B)"}),
        ([{"givenName": "Anne"}], {Field.DISPLAY_NAME: "Ann (B)", Field.GIVEN_NAME: "Anne"}),
        ([], {Field.DISPLAY_NAME: "Ann (B)"}),
    ],
)
def test_a_display_name_alone_stands_for_the_given_name_until_somebody_types_one(
    names: list[dict[str, str]], told: dict[Field, str]
) -> None:
    person = whole(display_name="Ann (B)")
    assert person["names"] == [{"givenName": "Ann (B)"}]
    person["names"] = names
    assert contact.texts(person) == told


def test_a_contact_that_somebody_else_made() -> None:
    person = {"names": [{"displayName": "Ann B", "givenName": "Ann", "familyName": "B"}], "phoneNumbers": "odd"}
    told = {Field.DISPLAY_NAME: "Ann B", Field.GIVEN_NAME: "Ann", Field.SURNAME: "B"}
    assert contact.texts(person) == told
    contact.put(person, {Field.SURNAME: "C"})
    assert person["names"] == [{"givenName": "Ann", "familyName": "C"}]


def test_the_stamp_and_x500_names_are_kept_where_nobody_sees_them() -> None:
    person = whole(display_name="Ann")
    person["clientData"].append({"key": "other", "value": "x"})  # type: ignore[attr-defined]
    contact.put_stamp(person, "busyline:x/1")
    contact.put_stamp(person, "busyline:x/2")
    contact.put_x500(person, ["/o=B", "/o=C"])
    assert contact.stamp(person) == "busyline:x/2"
    assert contact.x500(person) == ("/o=B", "/o=C")
    assert {"key": "other", "value": "x"} in person["clientData"]  # type: ignore[operator]
    assert contact.stamp({}) == ""


def test_what_else_stands_with_an_address_stays() -> None:
    person = whole()
    person["emailAddresses"] = [{"value": "Ann@b.example", "displayName": "Ann"}, {"value": "odd"}, {"value": 7}]
    assert contact.addresses(person) == ("ann@b.example",)
    contact.put_addresses(person, "new@b.example", ["ann@b.example"])
    assert person["emailAddresses"] == [
        {"value": "new@b.example", "type": "work"},
        {"value": "Ann@b.example", "displayName": "Ann"},
    ]
