"""What the simulated Exchange takes for a contact, and what it makes of it."""

from typing import Any

import pytest

from protocols.graph.contact_fields import EXPAND, EXTENDED, STAMP
from simulation.graph.contact_objects import Item, put, shown
from simulation.graph.schedule import GraphRefusal


def test_extended_properties_are_shown_to_who_asks_for_them_by_name() -> None:
    item = Item({})
    put(item, {"displayName": "Ann", EXTENDED: [{"id": STAMP, "value": "x"}]}, new=True)
    assert EXTENDED not in shown(item, {})
    [told] = shown(item, {"$expand": EXPAND})[EXTENDED]
    assert (told["id"].lower(), told["value"]) == (STAMP.lower(), "x")
    with pytest.raises(GraphRefusal):
        shown(item, {"$expand": EXTENDED})


def test_a_name_that_is_not_sent_along_is_made_anew() -> None:
    item = Item({})
    put(item, {"displayName": "Dr. Ann", "givenName": "Ann", "surname": "Other"}, new=True)
    put(item, {"surname": "Brown"}, new=False)
    assert item.properties["displayName"] == "Ann Brown"
    put(item, {"surname": "Green", "displayName": "Dr. Ann"}, new=False)
    assert (item.properties["displayName"], item.properties["fileAs"]) == ("Dr. Ann", "Dr. Ann")


def test_each_change_is_another_version() -> None:
    item = Item({})
    put(item, {"displayName": "Ann"}, new=True)
    first = shown(item, {})
    put(item, {"jobTitle": None}, new=False)
    assert shown(item, {})["@odata.etag"] != first["@odata.etag"] == f'W/"{first["changeKey"]}"'


@pytest.mark.parametrize(
    "body",
    [
        {"unknown": "x"},
        {"displayName": 7},
        {"businessPhones": "1"},
        {"emailAddresses": ["ann@b.example"]},
        {"businessAddress": {"town": "Köln"}},
        {EXTENDED: [{"id": "BusylineStamp", "value": "x"}]},
        {EXTENDED: [{"id": STAMP, "value": None}]},
    ],
)
def test_what_exchange_does_not_know_changes_nothing(body: dict[str, Any]) -> None:
    item = Item({"displayName": "Ann"})
    with pytest.raises(GraphRefusal):
        put(item, {"jobTitle": "Lead", **body}, new=False)
    assert item == Item({"displayName": "Ann"})


def test_only_what_is_selected_is_shown() -> None:
    item = Item({"id": "1", "displayName": "Ann", "jobTitle": "Lead"})
    assert shown(item, {"$select": "jobTitle"}) == {"@odata.etag": item.etag, "id": "1", "jobTitle": "Lead"}
