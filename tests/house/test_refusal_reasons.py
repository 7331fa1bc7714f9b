"""Every reason for which a request is refused is explained to administrators in a guide."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols.ews.xoauth.wrong import Wrong
from proxy.auth.own_tokens import EXPIRED, WRONG
from proxy.fronts.entrance import RATE

ROOT = Path(__file__).parents[2]
GUIDES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs" / "guides").glob("*.md")))
_CALLS = {"Refused", "SecurityRefused", "_Busy"}
_SIGNED = ("message", "token")  # what of a federated request a reason may be about
_NAMES = {"NO_CREDENTIALS": "no-credentials", "RATE": RATE}


def reasons_in(source: str) -> Iterator[str]:
    """The reasons that calls of ``source`` write down; one that begins with what is signed is one for each of those."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
            elif isinstance(first, ast.JoinedStr):
                end = "".join(str(part.value) for part in first.values if isinstance(part, ast.Constant))
                yield from (what + end for what in _SIGNED) if end.startswith("-") else (f"{end}…",)
            elif isinstance(first, ast.Name) and first.id in _NAMES:
                yield _NAMES[first.id]


def _reasons() -> set[str]:
    rooms = [*(ROOT / "proxy").rglob("*.py"), *(ROOT / "protocols" / "ews" / "wssecurity").rglob("*.py")]
    found = {reason for path in rooms for reason in reasons_in(path.read_text("utf-8"))}
    return found | {wrong.reason for wrong in Wrong} | {WRONG, EXPIRED, RATE}


def test_reasons_are_collected() -> None:
    source = 'Refused("a-b", 403); raise SecurityRefused(f"{what}-wrong"); Refused(RATE); Refused(other.reason)'
    source = source.replace("raise SecurityRefused", "SecurityRefused")
    assert set(reasons_in(source)) == {"a-b", "message-wrong", "token-wrong", RATE}
    assert {"throttled", "network", "no-credentials", "message-seen-before"} <= _reasons()


@pytest.mark.parametrize("reason", sorted(_reasons()))
def test_a_reason_stands_in_a_guide(reason: str) -> None:
    assert f"`{reason}`" in GUIDES
