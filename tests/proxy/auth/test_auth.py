"""Every way of proving oneself has the shape that the gate expects."""

import re
from pathlib import Path

import pytest

from proxy.auth import Knock, Proof
from proxy.auth.basic import BasicAuth
from proxy.auth.client_certificate import ClientCertificates
from proxy.auth.passwords import Passwords

WAYS = ("gate", "basic", "passwords", "networks", "client_certificate")
_REASON = re.compile(r'(?:Refused\(|^NO_CREDENTIALS: Final = |^RATE = )"([a-z-]+)"', re.MULTILINE)


@pytest.mark.parametrize(
    ("proof", "challenge"),
    [(BasicAuth([], Passwords({})), 'Basic realm="Busyline"'), (ClientCertificates([]), "")],
    ids=["basic", "certificate"],
)
async def test_where_nothing_is_shown_the_next_way_is_tried(proof: Proof, challenge: str) -> None:
    assert proof.challenge == challenge
    assert await proof.identify(Knock()) is None


def test_the_guide_names_every_reason_of_these_ways() -> None:
    root = Path(__file__).parents[3]
    guide = (root / "docs" / "guides" / "callers.md").read_text("utf-8")
    files = [root / "proxy" / "auth" / f"{name}.py" for name in WAYS] + [root / "proxy" / "fronts" / "entrance.py"]
    reasons = {found for file in files for found in _REASON.findall(file.read_text("utf-8"))}
    assert len(reasons) == 11
    for reason in reasons:
        assert f"| `{reason}` |" in guide
