"""Tests of galsync/engine/outlook.py: a token is nobody's business."""

from datetime import UTC, datetime

from galsync.engine.outlook import Outlook, SourceRead
from galsync.ledger.runs import RunKind, Token

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_no_token_is_shown() -> None:
    token = Token(text="delta-secret", read_at=NOW, people=1)
    source = SourceRead(name="hr", people=1, whole=True, token=token)
    outlook = Outlook(sync="staff", kind=RunKind.APPLY, made_at=NOW, sources=(source,))
    assert "delta-secret" not in repr(outlook)
