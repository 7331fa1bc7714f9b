"""The caps: on all, on each address, on each /64, and not on a reverse proxy's."""

import pytest

from service.addresses import parse_network
from service.crowd import Crowd


def crowd(most: int = 10, most_each: int = 2, exempt: tuple[str, ...] = ()) -> Crowd:
    return Crowd(most=most, most_each=most_each, exempt=[parse_network(each) for each in exempt])


def test_each_address_has_its_places_and_gets_them_back() -> None:
    places = crowd()
    first, second = places.enter("192.0.2.1"), places.enter("192.0.2.1")
    assert first is not None
    assert second is not None
    assert places.enter("192.0.2.1") is None
    assert places.enter("192.0.2.2") is not None
    assert (places.size, places.turned_away) == (3, 1)
    places.leave(first)
    assert places.enter("192.0.2.1") is not None
    assert places.size == 3


def test_all_together_have_theirs() -> None:
    places = crowd(most=3)
    origins = [places.enter(f"192.0.2.{number}") for number in range(5)]
    assert [origin is not None for origin in origins] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "/run/socket", True),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    places = crowd(most_each=1)
    assert places.enter(one) is not None
    assert (places.enter(other) is None) is same


def test_a_reverse_proxy_is_many_callers_and_still_not_more_than_all() -> None:
    places = crowd(most=5, most_each=1, exempt=("10.0.0.0/30", "2001:db8::5"))
    assert [places.enter("10.0.0.2") is not None for _ in range(6)] == [True] * 5 + [False]
    assert crowd(most_each=1, exempt=("2001:db8::5",)).enter("2001:db8::5") == ""
    assert crowd(exempt=("10.0.0.0/30",)).enter("::ffff:10.0.0.1") == ""


def test_nothing_is_remembered_of_who_has_left() -> None:
    places = crowd(most=1000, most_each=1)
    for number in range(1000):
        origin = places.enter(f"2001:db8:0:{number:x}::1")
        assert origin is not None
        places.leave(origin)
    assert places.size == 0
    assert not places._by_origin


def test_where_all_places_are_taken_somebody_may_make_room_but_not_for_an_address_that_has_its_share() -> None:
    places = crowd(most=2, most_each=1)
    first = places.enter("192.0.2.1")
    assert first is not None
    assert places.enter("192.0.2.2") is not None
    asked: list[str] = []

    def leave() -> bool:
        asked.append("left")
        places.leave(first)
        return True

    assert places.enter("192.0.2.2", make_room=leave) is None
    assert asked == []
    assert places.enter("192.0.2.3", make_room=lambda: False) is None
    assert places.enter("192.0.2.3", make_room=leave) is not None
    assert (places.size, places.turned_away, places.moved_on, asked) == (2, 2, 1, ["left"])
