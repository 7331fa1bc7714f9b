"""Tests of galsync/syncs.py: what a sync may not be."""

from typing import Any

import pytest

from galsync.rules import Rules
from galsync.syncs import Sync
from tests.galsync.machine import a_sync
from tests.galsync.scripted import ScriptedSource, ScriptedTarget


def made(**others: Any) -> Sync:
    return a_sync(ScriptedTarget(), ScriptedSource(), **others)


def test_a_sync_goes_somewhere_and_gives_up_some_time() -> None:
    assert made().attempts > 1


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"name": "a/b", "rules": Rules(sync="a/b")}, "not a name"),
        ({"name": "", "rules": Rules(sync="")}, "not a name"),
        ({"name": "other"}, "stamp with another name: 'staff'"),
        ({"feeds": ()}, "has no source"),
        ({"attempts": 0}, "give up before it tries"),
        ({"give_up_after": 0}, "give up before it tries"),
    ],
)
def test_what_cannot_be_a_sync(others: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made(**others)
