"""Tests of calsync/plans/identity.py: ids that outlive a ledger."""

from calsync.plans.identity import beside_id, item_id


def test_an_id_follows_from_hub_spoke_and_key_alone() -> None:
    assert item_id("hub", "a", "1") == item_id("hub", "a", "1")
    assert (
        len({item_id(*each) for each in [("hub", "a", "1"), ("hub", "b", "1"), ("hub", "a1", ""), ("h", "a", "1")]})
        == 4
    )


def test_a_version_kept_beside_is_another_item_for_each_content() -> None:
    first = beside_id("x", "a", {"subject": "One", "body": "Two"})
    assert first == beside_id("x", "a", {"body": "Two", "subject": "One"})
    assert first != beside_id("x", "a", {"subject": "One", "body": "Three"})
    assert first != "x"
