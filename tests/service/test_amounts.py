"""Tests of service/amounts.py."""

from service.amounts import amount


def test_one_is_not_many() -> None:
    assert [amount(number, "step") for number in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]
    assert [amount(number, "copy", "copies") for number in (1, 2)] == ["1 copy", "2 copies"]
