"""Tests of simulation/exchange/public_folders.py."""

import pytest

from protocols.ews.public_folders import mailbox_guid
from simulation.exchange.contact_mailboxes import Refused
from simulation.exchange.public_folders import PublicTree, replicas

GUID = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0002"
CONTENT = f"{GUID}@fabrikam.example"


def test_requests_have_to_be_led() -> None:
    tree = PublicTree(tree="tree@b.example")
    tree.check_tree({"x-publicfoldermailbox": "TREE@b.example"})
    with pytest.raises(Refused):
        tree.check_tree({})
    tree.check_content({"x-publicfoldermailbox": CONTENT, "x-anchormailbox": CONTENT}, CONTENT)
    with pytest.raises(Refused):
        tree.check_content({"x-publicfoldermailbox": CONTENT}, CONTENT)


def test_an_old_server_needs_no_leading() -> None:
    PublicTree().check_tree({})
    PublicTree().check_content({}, "")
    assert PublicTree().settings("anna@b.example") == {}


def test_what_autodiscover_tells() -> None:
    tree = PublicTree(tree="tree@b.example", anchor="anchor@b.example")
    assert tree.settings("anna@b.example") == {"PublicFolderInformation": "anchor@b.example"}
    assert tree.settings("Anchor@b.example") == {"InternalRpcClientServer": "tree@b.example"}


def test_a_replica_names_the_mailbox() -> None:
    assert mailbox_guid(replicas(CONTENT)) == GUID
