"""Places in the line: enough for all, and none for one network alone."""

from ipaddress import ip_address

from proxy.auth import Address
from proxy.auth.line import Line

HERE, ELSEWHERE = ip_address("203.0.113.7"), ip_address("198.51.100.9")


def _filled(line: Line, address: Address | None, most: int = 100, *, patient: bool = False) -> int:
    """How many get in."""
    for entered in range(most):
        if not line.has_room(address, patient=patient):
            return entered
        line.enter(address, patient=patient)
    return most


def test_a_network_gets_half_of_the_places_and_the_next_ones_four_each() -> None:
    line = Line()
    assert _filled(line, HERE) == 16
    assert _filled(line, ELSEWHERE) == 4
    assert _filled(line, ip_address("2001:db8:1:2::1")) == 4
    assert _filled(line, ip_address("2001:db8:1:3::1")) == 0  # the same /48
    assert _filled(line, None) == 8
    assert _filled(line, ip_address("192.0.2.1")) == 0


def test_who_leaves_makes_room() -> None:
    line = Line()
    assert _filled(line, None) == 32
    line.leave(None, patient=False)
    assert line.has_room(HERE, patient=False)


def test_the_patient_have_places_of_their_own() -> None:
    line = Line()
    _filled(line, None)
    assert _filled(line, HERE, patient=True) == 64
    line.leave(HERE, patient=True)
    assert line.has_room(HERE, patient=True)
