"""Members of groups, told in pieces."""

from protocols.graph.group_members import Members

ADDRESSES = {"1": "b@b.example", "2": "a@b.example", "g": "team@b.example"}


def test_pieces_add_up_and_some_are_taken_away() -> None:
    members = Members()
    members.take("g", [{"id": "1"}, {"id": "2"}, {"id": "device"}])
    members.take("g", [{"id": "1", "@removed": {"reason": "deleted"}}])
    members.take("h", [{"id": "1", "@odata.type": "#microsoft.graph.orgContact"}])
    assert members.of("g", ADDRESSES) == ("a@b.example",)
    assert members.of("nobody", ADDRESSES) == ()
    assert members.touched == ("1", "2", "device")
    assert members.groups(ADDRESSES) == {"2": ["team@b.example"], "device": ["team@b.example"]}
    assert members.has_contacts


def test_what_is_no_list_tells_nothing() -> None:
    members = Members()
    for told in (None, "x", [None, {}, {"id": 7}]):
        members.take("g", told)
    assert (members.of("g", ADDRESSES), members.touched, members.has_contacts) == ((), (), False)


def test_groups_in_groups_count_at_any_depth_whether_they_have_an_address_or_not() -> None:
    members = Members()
    members.take("g", [{"id": "nameless"}])
    members.take("nameless", [{"id": "1"}, {"id": "g"}])
    assert members.groups(ADDRESSES) == {
        "1": ["team@b.example"],
        "nameless": ["team@b.example"],
        "g": ["team@b.example"],
    }
