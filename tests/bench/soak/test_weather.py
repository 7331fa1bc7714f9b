"""Every trouble comes to every system that can have it, in an order that is always the same."""

from bench.soak.weather import TROUBLES, spells
from simulation.faults import Trouble


def test_every_trouble_has_its_turn() -> None:
    assert set(Trouble) == {trouble for troubles in TROUBLES.values() for trouble in troubles}
    found = {(spell.system, spell.trouble) for spell in spells(1)}
    assert found == {(s, t) for s, troubles in TROUBLES.items() for t in (*troubles, None)}
    assert all(spell.words for spell in spells(1))


def test_the_order_is_the_seed_s() -> None:
    assert spells(1) == spells(1)
    assert spells(1) != spells(2)
