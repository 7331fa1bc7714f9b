"""People as objects of the directory, and what a PATCH makes of them."""

from typing import Any

import pytest

from protocols.graph.people import EXTENSIONS, Asked, user
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.graph.objects import ORG_CONTACT, collection_of, object_of, patched, type_of
from simulation.graph.schedule import GraphRefusal

ANN = Person(
    anchor="1",
    kind=Kind.USER,
    primary=Mailbox.parse("ann@b.example"),
    aliases=("a@b.example",),
    x500=("/o=B/cn=ann",),
    sip="ann@b.example",
    texts={Field.DISPLAY_NAME: "Smith, Ann", Field.PHONE: "1", Field.EXTRA_3: "three"},
    unit="OU=Sales,DC=b",
)
ALL = frozenset({"User.ReadWrite.All", "User.EnableDisableAccount.All", "User-Phone.ReadWrite.All"})
WRITER = frozenset({"User.ReadWrite.All"})


def test_a_person_comes_back_as_they_were() -> None:
    assert user(object_of(ANN), Asked()).person == ANN


def test_where_each_kind_lies() -> None:
    def lies(kind: Kind, **attributes: str) -> tuple[str, str]:
        person = Person(anchor="1", kind=kind, primary=None, attributes=attributes)
        return collection_of(person), type_of(person)

    assert lies(Kind.ROOM) == lies(Kind.CONTACT) == ("users", "#microsoft.graph.user")
    assert lies(Kind.GROUP) == ("groups", "#microsoft.graph.group")
    assert lies(Kind.CONTACT, type=ORG_CONTACT) == ("contacts", "#microsoft.graph.orgContact")


def test_a_guest_a_room_and_a_contact() -> None:
    guest = object_of(Person(anchor="g", kind=Kind.CONTACT, primary=None, attributes={"otherMails": "a@b.example"}))
    assert (guest["userType"], guest["otherMails"], guest["mail"]) == ("Guest", ["a@b.example"], None)
    assert guest["userPrincipalName"] == "g@contoso.onmicrosoft.example"
    assert object_of(Person(anchor="r", kind=Kind.ROOM, primary=None))["accountEnabled"] is False
    contact = object_of(
        Person(anchor="c", kind=Kind.CONTACT, primary=None, texts={Field.PHONE: "1"}, attributes={"type": ORG_CONTACT})
    )
    assert contact["phones"] == [{"type": "business", "number": "1"}]
    assert "accountEnabled" not in contact


def test_a_patch_writes_what_it_names() -> None:
    body = {"jobTitle": "Lead", "accountEnabled": False, EXTENSIONS: {"extensionAttribute3": None}, "employeeType": "x"}
    told = patched(
        ANN, {**body, "@odata.type": "#microsoft.graph.user", "businessPhones": ["2"], "mobilePhone": "3"}, ALL
    )
    assert told.texts == {
        Field.DISPLAY_NAME: "Smith, Ann",
        Field.TITLE: "Lead",
        Field.PHONE: "2",
        Field.MOBILE: "3",
    }
    assert (told.disabled, told.attributes) == (True, {"employeeType": "x"})
    assert patched(ANN, {"businessPhones": []}, ALL).texts.get(Field.PHONE) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"displayName": None}, 400),
        ({"jobTitle": ""}, 400),
        ({"jobTitle": "x" * 257}, 400),
        ({"jobTitle": 7}, 400),
        ({"proxyAddresses": []}, 400),
        ({"mail": "x@b.example"}, 400),
        ({EXTENSIONS: {"extensionAttribute16": "x"}}, 400),
        ({"accountEnabled": False}, 403),
        ({"mobilePhone": "1"}, 403),
        ({"businessPhones": ["1"]}, 403),
        ({"otherMails": []}, 403),
    ],
)
def test_what_graph_does_not_let_an_application_write(body: dict[str, Any], status: int) -> None:
    with pytest.raises(GraphRefusal) as refused:
        patched(ANN, body, WRITER)
    assert refused.value.status == status


def test_what_is_synchronised_is_written_elsewhere() -> None:
    synced = Person(anchor="1", kind=Kind.USER, primary=None, attributes={"onPremisesSyncEnabled": "true"})
    assert object_of(synced)["onPremisesSyncEnabled"] is True
    with pytest.raises(GraphRefusal, match="Request_BadRequest"):
        patched(synced, {"jobTitle": "x"}, ALL)
