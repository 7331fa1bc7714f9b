"""Transitions are found to the second, and the best fit is exact wherever two changes suffice."""

from zoneinfo import ZoneInfo

from protocols.zones.transitions import Fit, best_fit, offset_of, transitions

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = 1_774_746_000, 1_792_890_000  # 29 March and 25 October 2026, 01:00 UTC


def test_found_to_the_second() -> None:
    assert transitions(BERLIN, 1_767_222_000, 1_798_758_000) == [(SPRING, 7200), (AUTUMN, 3600)]
    assert offset_of(BERLIN, SPRING - 1) == 3600
    assert offset_of(BERLIN, SPRING) == 7200


def test_after_low_and_up_to_high() -> None:
    assert transitions(BERLIN, SPRING, AUTUMN) == [(AUTUMN, 3600)]
    assert transitions(BERLIN, SPRING - 1, AUTUMN - 1) == [(SPRING, 7200)]
    assert transitions(BERLIN, SPRING, SPRING) == []


def test_the_two_changes_that_ever_lay_closest_are_both_found() -> None:
    """Recife, October 2000: summer time for one week."""
    begun, ended = 970_974_000, 971_575_200
    for low in range(begun - 10 * 86_400, begun - 6 * 86_400, 40_000):
        found = transitions(ZoneInfo("America/Recife"), low, ended + 20 * 86_400)
        assert found == [(begun, -7200), (ended, -10_800)]


def test_no_change_fits_as_one_offset() -> None:
    assert best_fit(0, 100, 7, []) == Fit(7, 7)


def test_one_change_ends_or_begins_with_the_whole() -> None:
    fit = best_fit(0, 100, 1, [(40, 2)])
    assert {fit.usual, fit.other} == {1, 2}
    assert [fit.begin, fit.end].count(None) == 1


def test_there_and_back_is_exact() -> None:
    assert best_fit(0, 100, 1, [(40, 2), (60, 1)]) == Fit(1, 2, 40, 60)


def test_the_shortest_stretch_is_given_up() -> None:
    assert best_fit(0, 100, 1, [(30, 2), (50, 1), (55, 2), (80, 1)]) == Fit(1, 2, 30, 80)
