"""Drives two OAuth clients, requests-oauthlib (in exchangelib) and openid-client; and an issuer, oidc-provider."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests.adapters
from exchangelib import OAUTH2, Configuration, EWSDateTime, EWSTimeZone, FailFast, OAuth2Credentials
from exchangelib.protocol import BaseProtocol, Protocol

from tests.clients.node_runner import command, told


def fetched(endpoint: str, client_id: str, secret: str, *, way: str, ca: Path, scope: str = "") -> dict[str, Any]:
    """What openid-client makes of the answer of ``endpoint``; ``way`` is post or basic."""
    asked = {"issuer": endpoint, "endpoint": endpoint, "id": client_id, "secret": secret, "way": way, "scope": scope}
    return told("token.mjs", ("openid-client",), asked, ca=str(ca))


def busy(
    ews_url: str, endpoint: str, client_id: str, secret: str, address: str, day: tuple[datetime, datetime], *, ca: Path
) -> int:
    """How many busy blocks exchangelib sees on ``day`` (naive, UTC), with a token that it fetched at ``endpoint``."""

    class Trusting(requests.adapters.HTTPAdapter):
        def send(self, request: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            return super().send(request, **(kwargs | {"verify": str(ca)}))

    class Elsewhere(OAuth2Credentials):  # type: ignore[misc]  # its library has no types
        token_url = endpoint

    previous, BaseProtocol.HTTP_ADAPTER_CLS = BaseProtocol.HTTP_ADAPTER_CLS, Trusting
    credentials = Elsewhere(client_id=client_id, client_secret=secret)
    config = Configuration(service_endpoint=ews_url, credentials=credentials, auth_type=OAUTH2, retry_policy=FailFast())
    protocol = Protocol(config=config)
    try:
        window = [EWSDateTime.from_datetime(each).replace(tzinfo=EWSTimeZone("UTC")) for each in day]
        (view,) = protocol.get_free_busy_info([(address, "Required", False)], *window)
        return len([event for event in view.calendar_events or () if event.busy_type != "Free"])
    finally:
        protocol.close()
        Protocol.clear_cache()
        BaseProtocol.HTTP_ADAPTER_CLS = previous


@dataclass(frozen=True, slots=True)
class Issuer:
    """oidc-provider, where it listens; its tenant's tokens have the audiences of their resources."""

    url: str
    tenant: str

    def token(self, resource: str) -> str:
        """A token for ``resource``."""
        form = {"grant_type": "client_credentials", "client_id": "exchange", "client_secret": "s", "resource": resource}
        answer = requests.post(f"{self.url}/{self.tenant}/tokens", data=form, timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def roll(self) -> None:
        """A new key signs, and the old one is published no more."""
        requests.post(f"{self.url}/roll", timeout=30).raise_for_status()


@contextmanager
def issuer(name: str, tenant: str, *, audiences: dict[str, str], claims: dict[str, str]) -> Iterator[Issuer]:
    """An issuer called ``name`` while it runs: ``audiences`` by resource, ``claims`` in each of its tokens."""
    told = {"issuer": name, "tenant": tenant, "audiences": audiences, "claims": claims}
    process = subprocess.Popen(
        command("issuer.mjs", ("oidc-provider",)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(told | {"client": {"id": "exchange", "secret": "s"}}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "oidc-provider did not start"
        yield Issuer(json.loads(line)["url"], tenant)
    finally:
        process.kill()
        process.communicate()
