"""Tests of protocols.ldap.changes."""

import pytest

from protocols.ldap.changes import Wanted, hides, modifications
from protocols.ldap.operations import Doing, Modification
from protocols.ldap.replies import Found
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.protocols.ldap.test_recipients import EXCHANGE, WINDOWS

STAMP = "busyline:s/a:1"
ADD, DELETE, REPLACE = Doing.ADD, Doing.DELETE, Doing.REPLACE


def found(**attributes: list[bytes]) -> Found:
    return Found("CN=Ann,DC=b", {name.lower(): values for name, values in attributes.items()})


def changes(before: Found, wanted: Wanted, manner: object = EXCHANGE) -> list[tuple[Doing, str, tuple[bytes, ...]]]:
    made = modifications(before, wanted, manner, STAMP)  # type: ignore[arg-type]
    return [(each.doing, each.attribute, each.values) for each in made[2:]]


def test_nothing_wanted_is_nothing_done() -> None:
    assert modifications(found(title=[b"x"]), Wanted(), EXCHANGE, STAMP) == ()
    assert modifications(found(title=[b"x"]), Wanted(texts={Field.TITLE: "x"}), EXCHANGE, STAMP) == ()


def test_every_change_proves_first_that_the_object_is_ours() -> None:
    made = modifications(found(), Wanted(texts={Field.TITLE: "x"}), EXCHANGE, STAMP)
    value = (STAMP.encode(),)
    assert made[:2] == (
        Modification(DELETE, "extensionAttribute15", value),
        Modification(ADD, "extensionAttribute15", value),
    )


def test_texts_are_written_and_emptied() -> None:
    wanted = Wanted(texts={Field.TITLE: "y", Field.COMPANY: "", Field.CITY: ""})
    assert changes(found(title=[b"x"], company=[b"B"]), wanted) == [
        (REPLACE, "title", (b"y",)),
        (REPLACE, "company", ()),
    ]


def test_what_the_schema_does_not_know_is_not_written() -> None:
    wanted = Wanted(texts={Field.EXTRA_1: "y"}, hidden=True)
    assert changes(found(), wanted, WINDOWS) == []
    assert hides(EXCHANGE)
    assert not hides(WINDOWS)


def test_an_address_moves_with_all_that_names_it() -> None:
    before = found(
        mail=[b"ann@b.example"],
        targetAddress=[b"SMTP:ann@b.example"],
        proxyAddresses=[b"SMTP:ann@b.example", b"smtp:a@b.example", b"X500:/o=B", b"X400:c=de"],
    )
    assert changes(before, Wanted(address=Mailbox.parse("a@b.example"))) == [
        (REPLACE, "mail", (b"a@b.example",)),
        (REPLACE, "targetAddress", (b"SMTP:a@b.example",)),
        (DELETE, "proxyAddresses", (b"SMTP:ann@b.example", b"smtp:a@b.example")),
        (ADD, "proxyAddresses", (b"SMTP:a@b.example",)),
    ]


def test_aliases_come_and_go_one_by_one() -> None:
    before = found(
        proxyAddresses=[b"SMTP:ann@b.example", b"smtp:old@b.example", b"smtp:theirs@b.example", b"x500:/O=b"]
    )
    wanted = Wanted(aliases=("new@b.example", "X500:/o=B"), dropped=("OLD@b.example",))
    assert changes(before, wanted) == [
        (DELETE, "proxyAddresses", (b"smtp:old@b.example",)),
        (ADD, "proxyAddresses", (b"smtp:new@b.example",)),
    ]


def test_the_primary_is_never_dropped_with_an_alias() -> None:
    before = found(proxyAddresses=[b"SMTP:ann@b.example"])
    assert changes(before, Wanted(dropped=("ann@b.example",))) == []


def test_an_object_without_a_primary_keeps_its_aliases() -> None:
    before = found(proxyAddresses=[b"smtp:a@b.example"])
    assert changes(before, Wanted(dropped=("b@b.example",))) == []


@pytest.mark.parametrize(
    ("hidden", "before", "made"),
    [
        (True, {}, [(REPLACE, "msExchHideFromAddressLists", (b"TRUE",))]),
        (
            True,
            {"showInAddressBook": [b"CN=x"]},
            [(REPLACE, "msExchHideFromAddressLists", (b"TRUE",)), (REPLACE, "showInAddressBook", ())],
        ),
        (
            False,
            {"msExchHideFromAddressLists": [b"TRUE"]},
            [(REPLACE, "msExchHideFromAddressLists", ()), (ADD, "showInAddressBook", (b"CN=All,DC=b",))],
        ),
        (False, {"showInAddressBook": [b"cn=all,dc=b"]}, []),
    ],
)
def test_hidden_and_shown(hidden: bool, before: dict[str, list[bytes]], made: list[object]) -> None:
    assert changes(found(**before), Wanted(hidden=hidden)) == made


def test_a_manager_is_named_and_taken_away() -> None:
    assert changes(found(), Wanted(manager="CN=b")) == [(REPLACE, "manager", (b"CN=b",))]
    assert changes(found(manager=[b"CN=b"]), Wanted(manager="")) == [(REPLACE, "manager", ())]


@pytest.mark.parametrize(
    ("before", "done"),
    [
        ([], [(ADD, "description", (STAMP.encode(),))]),
        (
            [b"All of us"],
            [(DELETE, "description", (b"All of us",)), (ADD, "description", (f"All of us\n{STAMP}".encode(),))],
        ),
        ([f"All of us\r\n{STAMP}".encode()], []),
    ],
)
def test_a_group_gets_its_stamp_as_the_last_line_of_its_description(
    before: list[bytes], done: list[tuple[Doing, str, tuple[bytes, ...]]]
) -> None:
    group = found(objectClass=[b"top", b"group"], description=before)
    assert changes(group, Wanted()) == done
    assert changes(found(objectClass=[b"contact"], description=before), Wanted()) == []
