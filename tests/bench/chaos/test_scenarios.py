"""Every scenario is played by the command, under a name of its own, and says what must hold."""

from bench.chaos.scenarios import SCENARIOS


def test_names_are_unlike_and_tell_something() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
    assert all(scenario.holds for scenario in SCENARIOS)
