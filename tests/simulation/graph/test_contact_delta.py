"""Delta query of a folder of contacts in the simulated Microsoft 365."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from simulation.graph.contact_delta import ContactDelta
from simulation.graph.contact_objects import Folder, Item
from simulation.graph.schedule import GraphRefusal

URL = "https://graph.example/v1.0/users/ann/contacts/delta"
SMALL = {"prefer": "odata.maxpagesize=2"}


def folder(*keys: str, name: str = "f") -> Folder:
    return Folder({"id": name}, contacts={key: Item({"id": key, "displayName": key}) for key in keys})


def asked(delta: ContactDelta, where: Folder, link: str = URL, *, lost: bool = False) -> dict[str, Any]:
    return delta.answer(where, dict(parse_qsl(urlsplit(link).query)), URL, SMALL, lost=lost)


def test_pages_and_then_what_changed() -> None:
    delta, where = ContactDelta(), folder("a", "b", "c")
    first = asked(delta, where, f"{URL}?$select=displayName")
    assert [each["id"] for each in first["value"]] == ["a", "b"]
    second = asked(delta, where, first["@odata.nextLink"])
    assert [each["displayName"] for each in second["value"]] == ["c"]
    where.contacts["b"].version += 1
    del where.contacts["c"]
    third = asked(delta, where, second["@odata.deltaLink"])
    assert [(each["id"], "@removed" in each) for each in third["value"]] == [("b", False), ("c", True)]
    assert asked(delta, where, third["@odata.deltaLink"])["value"] == []


def test_unchanged_ones_may_be_told_again() -> None:
    delta, where = ContactDelta(), folder("a", "b")
    link = asked(delta, where)["@odata.deltaLink"]
    delta.replays = 1
    assert [each["id"] for each in asked(delta, where, link)["value"]] == ["a"]


def test_a_token_that_was_forgotten_or_is_of_another_folder() -> None:
    delta, where = ContactDelta(), folder("a")
    link = asked(delta, where)["@odata.deltaLink"]
    with pytest.raises(GraphRefusal, match="SyncStateNotFound"):
        asked(delta, folder("a", name="g"), link)
    delta.forget()
    with pytest.raises(GraphRefusal) as caught:
        asked(delta, where, link)
    assert (caught.value.status, caught.value.code) == (410, "SyncStateNotFound")


def test_a_page_that_cannot_be_had_and_what_is_not_supported() -> None:
    delta, where = ContactDelta(), folder("a", "b", "c")
    link = asked(delta, where, lost=True)["@odata.nextLink"]
    with pytest.raises(GraphRefusal) as caught:
        asked(delta, where, link)
    assert caught.value.status == 500
    with pytest.raises(GraphRefusal, match="ErrorInvalidUrlQuery"):
        asked(delta, where, f"{URL}?$expand=x")
