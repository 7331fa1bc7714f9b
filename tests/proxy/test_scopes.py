"""The scopes asked for are those that the simulated Workspace delegates, no writer's, and named by the guides."""

from pathlib import Path

import pytest

from proxy import scopes
from proxy.scopes import GOOGLE_EVENTS, GOOGLE_FREEBUSY, GOOGLE_GROUP_MEMBERS, GOOGLE_ROOMS, GOOGLE_USERS
from simulation.google.keys import SCOPES

_GUIDES = Path(__file__).parents[2] / "docs" / "guides"
_NAMES = sorted(name for name in vars(scopes) if name.isupper())


def test_each_scope_reads_only_and_is_known() -> None:
    for scope in (GOOGLE_EVENTS, GOOGLE_FREEBUSY, GOOGLE_GROUP_MEMBERS, GOOGLE_ROOMS):
        assert scope in SCOPES
        assert scope.endswith((".readonly", ".freebusy"))
    assert GOOGLE_USERS.endswith(".readonly")


@pytest.mark.parametrize("name", _NAMES)
def test_each_is_named_by_a_guide(name: str) -> None:
    scope = str(getattr(scopes, name)).rpartition("/")[2]
    assert any(f"{scope}`" in guide.read_text("utf-8") for guide in _GUIDES.glob("*.md")), scope
