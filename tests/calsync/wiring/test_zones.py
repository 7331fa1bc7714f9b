"""Tests of calsync/wiring/zones.py: why nothing is known. tests/console/test_hub_zones.py has servers that tell."""

from pathlib import Path
from typing import Any

import pytest

from calsync.settings.exchange import EwsSpoke
from calsync.settings.microsoft import GraphSpoke
from calsync.wiring.zones import zone_of
from tests.calsync.settings.merger import hub
from tests.calsync.wiring.parts_of import of
from tests.contracts.spoke_world import NOW


@pytest.mark.parametrize(
    ("name", "keys", "words"),
    [
        ("graph", {"secret": "file:nothing"}, "nothing"),
        ("graph-account", {}, "busyline connect"),
        ("ews", {"auth": {"kind": "basic", "username": "svc", "password": "file:nothing"}}, "nothing"),
        ("ews", {"ca": "none.pem"}, "none.pem"),
    ],
)
async def test_what_cannot_be_asked_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, keys: dict[str, Any], words: str
) -> None:
    monkeypatch.setenv("EWS_PASSWORD", "s")
    options: dict[str, Any] = {name: keys}
    spoke = of(hub("google", name, **options)).spokes[name]
    assert isinstance(spoke, GraphSpoke | EwsSpoke)
    told = await zone_of(spoke, f"merger-{name}", tmp_path, NOW)
    assert isinstance(told, str)
    assert words in told
