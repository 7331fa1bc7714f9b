"""A plan as a value: whose steps and clashes print no content."""

from calsync.spoke import Act
from calsync.steps import Clash, Plan, Step, Why


def test_nothing_of_a_content_is_printed() -> None:
    step = Step(act=Act.CREATE, why=Why.NEW, item="7", spoke="google", fields={"subject": "Secret"})
    clash = Clash(item="7", what="subject", winner="google", loser="graph", kept="Secret", lost="Hidden")
    assert "Secret" not in repr(step)
    assert not {"Secret", "Hidden"} & set(repr(clash).replace("'", " ").split())


def test_an_empty_plan_asks_for_nothing() -> None:
    assert Plan() == Plan(decisions=(), asides=(), forget=(), loops=(), stops=())


def test_every_reason_is_told_in_words_of_its_own() -> None:
    assert len({why.value for why in Why}) == len(Why)
