"""The usual bounds let a large calendar pass, and no bomb."""

from protocols.caldav.told import Bounds


def test_the_usual_bounds() -> None:
    bounds = Bounds()
    assert bounds.size == 10 * 2**20
    assert bounds.series < bounds.steps
