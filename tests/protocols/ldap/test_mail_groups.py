"""Tests of protocols.ldap.mail_groups."""

from protocols.ldap.mail_groups import AT_ONCE, MailGroup, added_group, membership
from protocols.ldap.operations import Doing
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.protocols.ldap.test_recipients import EXCHANGE, WINDOWS

STAMP = "busyline:s/a:1"
GROUP = MailGroup(
    address=Mailbox.parse("sales@b.example"),
    aliases=("X500:/o=B/cn=sales",),
    texts={Field.DISPLAY_NAME: "Sales", Field.NOTES: "All of them"},
    stamp=STAMP,
    members=("CN=Ann,DC=b", "CN=Bob,DC=b"),
)


def test_a_universal_distribution_group_as_exchange_has_them() -> None:
    assert added_group(GROUP, EXCHANGE, nickname="sales", account_name="bl-1") == {
        "objectClass": [b"group"],
        "sAMAccountName": [b"bl-1"],
        "groupType": [b"8"],
        "mail": [b"sales@b.example"],
        "mailNickname": [b"sales"],
        "extensionAttribute15": [STAMP.encode()],
        "description": [STAMP.encode()],
        "msExchRecipientDisplayType": [b"1"],
        "msExchVersion": [b"44220983382016"],
        "displayName": [b"Sales"],
        "info": [b"All of them"],
        "proxyAddresses": [b"SMTP:sales@b.example", b"X500:/o=B/cn=sales"],
        "showInAddressBook": [b"CN=All,DC=b"],
        "member": [b"CN=Ann,DC=b", b"CN=Bob,DC=b"],
    }


def test_without_exchange_what_the_schema_does_not_know_is_left_out() -> None:
    made = added_group(GROUP, WINDOWS, nickname="sales", account_name="bl-1")
    assert made["adminDescription"] == [STAMP.encode()]
    assert not {"mailNickname", "msExchRecipientDisplayType", "msExchVersion"} & made.keys()


def test_a_new_group_begins_with_as_many_members_as_one_request_takes() -> None:
    many = MailGroup(address=GROUP.address, stamp=STAMP, members=tuple(f"CN={n},DC=b" for n in range(AT_ONCE + 7)))
    assert len(added_group(many, EXCHANGE, nickname="s", account_name="x")["member"]) == AT_ONCE


def test_members_change_value_by_value_and_each_request_proves_the_stamp() -> None:
    made = list(membership([f"CN={n},DC=b" for n in range(AT_ONCE)], ["CN=x,DC=b"], EXCHANGE, STAMP))
    assert [len(changes) for changes in made] == [4, 3]
    for changes in made:
        proof = [(each.doing, each.attribute, each.values) for each in changes[:2]]
        value = (STAMP.encode(),)
        assert proof == [(d, "extensionAttribute15", value) for d in (Doing.DELETE, Doing.ADD)]
    told = [(each.doing, len(each.values)) for changes in made for each in changes[2:]]
    assert told == [(Doing.DELETE, 1), (Doing.ADD, AT_ONCE - 1), (Doing.ADD, 1)]
    assert all(each.attribute == "member" for changes in made for each in changes[2:])


def test_nobody_comes_and_nobody_goes() -> None:
    assert list(membership([], [], EXCHANGE, STAMP)) == []
