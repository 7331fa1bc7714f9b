"""What a user of the Directory API tells, by field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.google.user_texts import texts
from protocols.model.person import Field

WHOLE: dict[str, Any] = {
    "name": {"fullName": "Ann Åström", "givenName": " Ann ", "familyName": "Åström"},
    "organizations": [
        {"name": "Old", "title": "Intern"},
        {"name": "B", "department": "R&D", "title": "Lead", "location": "3/12", "primary": True},
    ],
    "phones": [
        {"type": "home", "value": "4"},
        {"type": "mobile", "value": "3"},
        {"type": "work", "value": "1"},
        {"type": "work", "value": "2", "primary": True},
        {"type": "work_fax", "value": "5"},
        {"type": "pager", "value": "6"},
        {"type": "custom", "customType": "red", "value": "7"},
    ],
    "addresses": [
        {"type": "home", "locality": "Secret"},
        {"type": "work", "streetAddress": "Domstr. 1", "extendedAddress": "Rear", "locality": "Köln", "region": "NRW",
         "postalCode": "50667", "countryCode": "DE"},
    ],
    "relations": [{"type": "assistant", "value": "x@b.example"}, {"type": "manager", "value": "boss@b.example"}],
    "websites": [{"type": "blog", "value": "https://blog"}, {"type": "work", "value": "https://b.example"}],
    "notes": {"contentType": "text_plain", "value": "Met in spring"},
}  # fmt: skip


def test_everything_there_is() -> None:
    assert texts(WHOLE) == {
        Field.DISPLAY_NAME: "Ann Åström",
        Field.GIVEN_NAME: "Ann",
        Field.SURNAME: "Åström",
        Field.COMPANY: "B",
        Field.DEPARTMENT: "R&D",
        Field.TITLE: "Lead",
        Field.OFFICE: "3/12",
        Field.PHONE: "2",
        Field.MOBILE: "3",
        Field.FAX: "5",
        Field.PAGER: "6",
        Field.HOME_PHONE: "4",
        Field.STREET: "Domstr. 1, Rear",
        Field.CITY: "Köln",
        Field.STATE: "NRW",
        Field.POSTAL_CODE: "50667",
        Field.COUNTRY: "DE",
        Field.MANAGER: "boss@b.example",
        Field.WEB_PAGE: "https://b.example",
        Field.NOTES: "Met in spring",
    }


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({}, {}),
        ({"name": {"displayName": "A", "fullName": "B"}}, {Field.DISPLAY_NAME: "A"}),
        ({"locations": [{"type": "desk", "buildingId": "HQ", "deskCode": "12"}]}, {Field.OFFICE: "HQ 12"}),
        ({"locations": [{"type": "desk", "area": "Near Kiel"}]}, {Field.OFFICE: "Near Kiel"}),
        ({"addresses": [{"locality": "Kiel"}]}, {Field.CITY: "Kiel"}),
        ({"notes": {"contentType": "text_html", "value": "<b>"}}, {}),
        ({"phones": [{"type": "work", "value": ""}], "organizations": "x", "name": "y", "notes": 7}, {}),
    ],
)
def test_less_than_everything(user: dict[str, Any], told: dict[Field, str]) -> None:
    assert texts(user) == told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "value", "primary", "name", "locality"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "locations"]), JSON))
def test_whatever_comes_no_text_is_empty(user: dict[str, Any]) -> None:
    assert all(text.strip() == text != "" for text in texts(user).values())
