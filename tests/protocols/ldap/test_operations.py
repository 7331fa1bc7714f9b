"""Tests of protocols.ldap.operations."""

import pytest

from protocols.ldap.operations import (
    DIRSYNC,
    NO_REFERRALS,
    PAGES,
    SHOW_DELETED,
    Add,
    Changes,
    Doing,
    Modification,
    Modify,
    NextPage,
    SaslBind,
    Scope,
    Search,
    SimpleBind,
)


@pytest.mark.parametrize(
    "request_",
    [
        SimpleBind("u", "hunter2"),
        SaslBind("M", b"hunter2"),
        Add("a", {"b": [b"hunter2"]}),
        Modify("a", (Modification(Doing.ADD, "b", (b"hunter2",)),)),
        NextPage(10, b"hunter2"),
        Changes(b"hunter2"),
    ],
)
def test_secrets_and_values_do_not_show(request_: object) -> None:
    assert "hunter2" not in repr(request_)


def test_a_search_is_of_everything_below_where_nothing_is_said() -> None:
    assert Search(base="DC=b") == Search(base="DC=b", scope=Scope.WHOLE, filter="(objectClass=*)", attributes=())


def test_numbers_are_those_of_the_wire() -> None:
    """RFC 4511 4.5.1.2 and 4.6."""
    assert [each.value for each in (Scope.BASE, Scope.ONE, Scope.WHOLE)] == [0, 1, 2]
    assert [each.value for each in (Doing.ADD, Doing.DELETE, Doing.REPLACE)] == [0, 1, 2]


def test_what_a_directory_need_not_know_is_not_critical() -> None:
    assert (SHOW_DELETED.critical, NO_REFERRALS.critical) == (True, False)
    assert len({PAGES, DIRSYNC, SHOW_DELETED.oid, NO_REFERRALS.oid}) == 4
