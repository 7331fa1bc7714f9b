"""A configuration whose one calendar system refuses connections, and a merger that really runs."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from console.demo.merger import Merger, merger
from proxy.auth.passwords import hash_password

SERVER = '[server]\npublic_url = "http://127.0.0.1:1"\nlisten = ["127.0.0.1:0"]\nmetrics_listen = []\n'
SERVER += 'certificate.kind = "none"\n'
CALLER = '[[callers]]\nname = "exchange"\nmay_ask = ["n.example"]\nnever_via = ["own"]\n'
CALLER += 'basic = { usernames = ["u"], password = "file:hash" }\n'
PEERS = "".join(
    f'[connectors.{name}]\nprotocol = "ews"\nurl = "http://127.0.0.1:9/EWS/Exchange.asmx"\ndeadline = "1s"\n'
    f'auth = {{ kind = "basic", username = "{name}", password = "env:BUSYLINE_TEST_PASSWORD" }}\n'
    f'[[routes]]\nmatch = "{name}.example"\nvia = "{name}"\n'
    for name in ("n", "own")
)
SECRET = "a secret nobody prints"
TODAY = date(2026, 11, 23)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a configuration that is in order, though nobody answers."""
    monkeypatch.setenv("BUSYLINE_TEST_PASSWORD", SECRET)
    (tmp_path / "hash").write_text(hash_password("the caller's own password"), "utf-8")
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER + PEERS + CALLER, "utf-8")
    return path


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Merger]:
    """The demo's merger on a fixed Monday."""
    async with merger(tmp_path, TODAY) as m:
        yield m
