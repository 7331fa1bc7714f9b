"""Delta query: rounds, tokens, and changes told in part."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.graph.delta import DeltaDesk, ExpiredToken
from simulation.graph.schedule import GraphRefusal

URL = "http://graph.example/v1.0/users/delta"


def _person(name: str, kind: Kind = Kind.USER, **more: Any) -> Person:
    texts = {Field.DISPLAY_NAME: name.title(), Field.TITLE: "Lead"}
    return Person(anchor=name, kind=kind, primary=Mailbox.parse(f"{name}@b.example"), texts=texts, **more)


ANN, BOB = _person("ann"), _person("bob")
TEAM = _person("team", Kind.GROUP, members=("ann@b.example", "bob@b.example"))


@pytest.fixture
def book() -> AddressBook:
    return AddressBook([ANN, BOB, TEAM])


@pytest.fixture
def desk(book: AddressBook) -> DeltaDesk:
    return DeltaDesk(book, lambda address: address.partition("@")[0])


def _ask(desk: DeltaDesk, query: str, collection: str = "users", *, minimal: bool = False) -> dict[str, Any]:
    told = dict(part.partition("=")[::2] for part in query.partition("?")[2].split("&") if part)
    return desk.answer(collection, told, URL, minimal=minimal, lost=False)


def test_a_round_ends_with_a_token_and_the_next_tells_changes(book: AddressBook, desk: DeltaDesk) -> None:
    desk.page = 1
    first = _ask(desk, "?$select=displayName,jobTitle,department")
    second = _ask(desk, first["@odata.nextLink"])
    assert first["value"] + second["value"] == [
        {"id": "ann", "displayName": "Ann", "jobTitle": "Lead"},  # what was never set is not there
        {"id": "bob", "displayName": "Bob", "jobTitle": "Lead"},
    ]
    token = second["@odata.deltaLink"]
    assert _ask(desk, token)["value"] == []
    book.put(replace(ANN, texts={Field.DISPLAY_NAME: "Anne"}))
    book.remove("bob")
    third = _ask(desk, token)
    assert third["value"] == [{"id": "ann", "displayName": "Anne", "jobTitle": None}]
    fourth = _ask(desk, third["@odata.nextLink"])
    assert fourth["value"] == [{"id": "bob", "@removed": {"reason": "changed"}}]
    assert _ask(desk, fourth["@odata.deltaLink"])["value"] == []


def test_parts_alone_or_all_that_is_set(book: AddressBook, desk: DeltaDesk) -> None:
    token = _ask(desk, "?$select=displayName,jobTitle")["@odata.deltaLink"]
    book.put(replace(ANN, texts={Field.DISPLAY_NAME: "Anne", Field.TITLE: "Lead"}))
    assert _ask(desk, token)["value"] == [{"id": "ann", "displayName": "Anne"}]
    desk.parts = False
    assert _ask(desk, token)["value"] == [{"id": "ann", "displayName": "Anne", "jobTitle": "Lead"}]
    assert _ask(desk, token, minimal=True)["value"] == [{"id": "ann", "displayName": "Anne"}]


def test_members_come_and_go_and_a_large_group_comes_in_pieces(book: AddressBook, desk: DeltaDesk) -> None:
    desk.members_a_page = 1
    told = _ask(desk, "?$select=displayName,members", "groups")
    ann, bob = ({"@odata.type": "#microsoft.graph.user", "id": name} for name in ("ann", "bob"))
    assert told["value"] == [
        {"id": "team", "displayName": "Team", "members@delta": [ann]},
        {"id": "team", "members@delta": [bob]},
    ]
    book.put(replace(TEAM, members=("bob@b.example", "nobody@b.example")))
    [change] = _ask(desk, told["@odata.deltaLink"], "groups")["value"]
    assert change == {"id": "team", "members@delta": [{**ann, "@removed": {"reason": "deleted"}}]}


def test_the_manager_is_a_relation(book: AddressBook, desk: DeltaDesk) -> None:
    book.put(replace(ANN, texts={Field.MANAGER: "bob@b.example"}))
    told = _ask(desk, "?$select=mail,manager")["value"]
    assert {"id": "ann", "mail": "ann@b.example", "manager@delta": [{"@odata.type": "#microsoft.graph.user",
            "id": "bob"}]} in told  # fmt: skip


def test_the_switches(desk: DeltaDesk) -> None:
    desk.empty = True
    empty = _ask(desk, "")
    assert empty["value"] == []
    whole = _ask(desk, empty["@odata.nextLink"])
    assert len(whole["value"]) == 2
    desk.replays = 1
    assert [entry["id"] for entry in _ask(desk, whole["@odata.deltaLink"])["value"]] == ["ann"]
    desk.page = 1
    lost = desk.answer("users", {}, URL, minimal=False, lost=True)
    with pytest.raises(GraphRefusal) as refused:
        _ask(desk, lost["@odata.nextLink"])
    assert refused.value.status == 500


def test_tokens_are_forgotten(desk: DeltaDesk) -> None:
    token = _ask(desk, "")["@odata.deltaLink"]
    for old in (token.replace("=d", "=x"), token):
        with pytest.raises(ExpiredToken):
            _ask(desk, old, "groups")
    desk.page = 1
    following = _ask(desk, "")["@odata.nextLink"]
    desk.forget()
    for old in (token, following):
        with pytest.raises(ExpiredToken):
            _ask(desk, old)


@pytest.mark.parametrize("name", ["$expand", "$top", "$orderby", "$search", "$filter"])
def test_what_delta_query_does_not_take(desk: DeltaDesk, name: str) -> None:
    with pytest.raises(GraphRefusal, match="UnsupportedQuery"):
        _ask(desk, f"?{name}=1")
