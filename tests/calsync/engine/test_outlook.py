"""An outlook can be shown and logged."""

from calsync.engine.outlook import Outlook
from calsync.ledger.rows import Feed, RunKind
from calsync.steps import Plan
from tests.contracts.spoke_world import NOW


def test_an_outlook_keeps_tokens_out_of_its_words() -> None:
    feeds = {"north": Feed(token="secret", read_at=NOW)}
    outlook = Outlook(hub="merger", kind=RunKind.SYNC, made_at=NOW, plan=Plan(), feeds=feeds)
    assert "secret" not in repr(outlook)
    assert outlook.feeds["north"].token == "secret"
