"""A contact of a mailbox as texts and addresses, and what is sent to make it so."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.graph.contact_fields import EXPAND, EXTENDED, FIELDS, SELECT, STAMP, changed, contact, fresh, version
from protocols.model.person import Field
from simulation.graph.contact_objects import Item, put, shown

ASKED = {"$select": SELECT, "$expand": EXPAND}


def told(body: dict[str, Any]) -> dict[str, Any]:
    """What Graph tells of a contact that was made so."""
    item = Item({})
    put(item, body, new=True)
    item.properties["id"] = "one"
    return shown(item, ASKED)


texts = st.dictionaries(
    st.sampled_from(sorted(FIELDS)), st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
)


@given(texts)
def test_what_is_written_is_read_again(wanted: dict[Field, str]) -> None:
    wanted = {Field.DISPLAY_NAME: "Somebody", **wanted}
    found = contact(told(fresh(wanted, "ann@b.example", stamp="busyline:s/a", category="B")))
    assert dict(found.texts) == wanted
    assert (found.stamp, found.addresses) == ("busyline:s/a", ("ann@b.example",))


@given(texts, texts)
@example({Field.DISPLAY_NAME: "Ann\r"}, {})
def test_a_change_writes_what_it_names_and_nothing_else(before: dict[Field, str], after: dict[Field, str]) -> None:
    before = {Field.DISPLAY_NAME: "Somebody", **before}
    item = Item({})
    put(item, fresh(before, "ann@b.example", stamp="busyline:s/a"), new=True)
    item.properties["id"] = "one"
    put(item, changed(contact(shown(item, ASKED)), after), new=False)
    found = contact(shown(item, ASKED))
    assert dict(found.texts) == before | after
    assert (found.stamp, found.addresses) == ("busyline:s/a", ("ann@b.example",))


def test_fields_are_emptied_and_what_lies_behind_them_is_somebody_s_own() -> None:
    entry = told(fresh({Field.PHONE: "1", Field.FAX: "2", Field.CITY: "Köln"}, "ann@b.example", stamp="x"))
    entry["businessPhones"] = ["1", "theirs"]
    body = changed(contact(entry), {Field.PHONE: "", Field.FAX: "", Field.CITY: "", Field.TITLE: ""})
    assert body["businessPhones"] == ["theirs"]
    assert body[EXTENDED] == [{"id": "String 0x3A24", "value": ""}]
    assert (body["businessAddress"], body["jobTitle"]) == ({"city": None}, None)


def test_who_has_no_name_is_shown_by_the_address() -> None:
    body = fresh({}, "ann@b.example", stamp="x")
    assert (body["displayName"], body["fileAs"]) == ("ann", "ann")
    assert "categories" not in body


@pytest.mark.parametrize("entry", [{}, {"id": ""}, {"id": 7}])
def test_a_contact_without_its_id_is_none(entry: dict[str, Any]) -> None:
    with pytest.raises(PeerError):
        contact(entry)


def test_whatever_else_is_wrong_is_left_out() -> None:
    odd: dict[str, Any] = {
        "id": "one",
        "emailAddresses": ["x", {"address": None}, {"address": "no address"}, {"address": "A@B.example"}],
        "businessPhones": "1",
        "homePhones": [7],
        "businessAddress": [],
        "displayName": 7,
        "jobTitle": "  ",
        EXTENDED: ["x", {"id": 3}],
    }
    found = contact(odd)
    assert dict(found.texts) == {}
    assert (found.addresses, found.unreadable, found.stamp) == (("a@b.example",), "no address", "")


def test_ids_of_extended_properties_come_back_in_any_letters() -> None:
    entry = {"id": "one", EXTENDED: [{"id": STAMP.lower(), "value": "busyline:s/a"}]}
    assert contact(entry).stamp == "busyline:s/a"


def test_the_version_is_the_etag() -> None:
    assert version({"@odata.etag": 'W/"x"', "changeKey": "y"}) == 'W/"x"'
    assert version({"changeKey": "y"}) == 'W/"y"'
    assert version({}) == ""
