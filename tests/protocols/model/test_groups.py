"""Tests of protocols/model/groups.py."""

from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox


def test_a_level_without_groups_below() -> None:
    level = GroupLevel((Mailbox.parse("ann@b.example"),))
    assert level.groups == ()
    assert level == GroupLevel((Mailbox.parse("ANN@b.example"),), ())
