"""Tests of calsync/wiring/parts.py: what a spoke is made with is the hub's."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from service.secrets import Reference, SecretError
from tests.calsync.settings.merger import hub
from tests.calsync.wiring.parts_of import part


async def test_a_secret_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(SecretError, match="nowhere"):
            part(hub("google", "graph"), tmp_path, stack).secret(Reference.parse("file:nowhere"))


async def test_another_mailbox_is_not_held_back_by_what_was_asked_for_the_one_before(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        made = part(hub("google", "graph"), tmp_path, stack)
        asked = made.rest("graph", "anna@fabrikam.example")
        assert made.rest("graph", "anna@fabrikam.example") is asked
        assert made.rest("graph", "ben@fabrikam.example") is not asked
        assert made.rest("google", "anna@fabrikam.example") is not asked


@pytest.mark.parametrize("kind", ["calendar", "contacts"])
async def test_what_a_hub_joins(tmp_path: Path, kind: str) -> None:
    async with AsyncExitStack() as stack:
        made = part(hub("google", "account", kind=kind), tmp_path, stack)
        assert made.of_contacts is (kind == "contacts")
        assert made.connection("account") == "merger-account"
        assert (made.number(), made.number()) == ("number-1", "number-2")
