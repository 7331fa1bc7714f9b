"""Drives ews-javascript-api, the EWS Managed API of the JavaScript world, in a node process of its own."""

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.clients.blocks import Answer, block
from tests.needs import missing, program

_HERE = Path(__file__).parent / "node"


def free_busy(
    url: str,
    username: str,
    password: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str | None = None,
    data: str = "FreeBusy",
) -> list[Answer]:
    """Blocks of each address between two naive midnights of the IANA ``zone``, which becomes the process's own.

    ``data`` is FreeBusy, Suggestions or Both. An error of the whole request is its code for every address.
    """
    question = {
        "url": url,
        "username": username,
        "password": password,
        "addresses": addresses,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "data": data,
    }
    answer = _run(question, zone, ca)
    if "error" in answer:
        return [str(answer["error"])] * len(addresses)
    return [_answer(blocks) for blocks in answer["answer"]]


def discovered(url: str, username: str, password: str, address: str, *, ca: str | None = None) -> str:
    """The EWS URL that SOAP Autodiscover at ``url`` gives for ``address``, or the error."""
    question = {"what": "discover", "url": url, "username": username, "password": password, "addresses": [address]}
    answer = _run(question, "Europe/Berlin", ca)
    return str(answer.get("answer") or answer["error"])


def _run(question: dict[str, Any], zone: str, ca: str | None) -> dict[str, Any]:
    node = program("node")
    if not (_HERE / "node_modules" / "ews-javascript-api").is_dir():
        missing("ews-javascript-api (run `npm ci` in tests/clients/node)")
    environment = {"PATH": os.environ["PATH"], "TZ": zone} | ({"NODE_EXTRA_CA_CERTS": ca} if ca else {})
    run = subprocess.run(
        [node, str(_HERE / "ask.cjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return answer


def _answer(blocks: list[list[str]] | str) -> Answer:
    if isinstance(blocks, str):
        return blocks
    aware = [(datetime.fromisoformat(start), datetime.fromisoformat(end), status) for start, end, status in blocks]
    return sorted(block(*each) for each in aware if each[2] != "Free")
