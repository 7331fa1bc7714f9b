"""Tests of proxy/layers/vain.py."""

from structlog.testing import capture_logs

from proxy.layers.vain import Vain


def test_three_in_a_row_are_enough_for_a_while() -> None:
    vain = Vain("fabrikam")
    with capture_logs() as logs:
        for number in range(3):
            assert vain.may_wait(3.0 * number)
            vain.waited(3.0 * number, 3.0 * number + 3, found=False)
    assert [(log["event"], log["connector"]) for log in logs] == [("cluster_waits_in_vain", "fabrikam")]
    assert [vain.may_wait(now) for now in (9.0, 38.9, 39.0)] == [False, False, True]


def test_after_a_while_one_more_is_enough() -> None:
    vain = Vain("fabrikam")
    for number in range(3):
        vain.waited(3.0 * number, 3.0 * number + 3, found=False)
    vain.waited(39.0, 42.0, found=False)
    assert not vain.may_wait(42.0)


def test_what_is_found_begins_the_count_anew() -> None:
    for found in (True, False):
        vain = Vain("fabrikam")
        for number in range(4):
            if number == 2 and not found:
                vain.found()
            vain.waited(3.0 * number, 3.0 * number + 3, found=found and number == 2)
        assert vain.may_wait(12.0)


def test_those_who_wait_at_the_same_time_count_as_one() -> None:
    vain = Vain("fabrikam")
    for number in range(20):
        vain.waited(0.1 * number, 0.1 * number + 3, found=False)
    assert vain.may_wait(5.0)
