"""The reader of the captures, and what they may not hold."""

import base64

import pytest

from tests.wire.captures import captured, clients


def test_all_six_clients_are_there() -> None:
    assert len(clients()) == 6
    assert sum(len(captured(client)) for client in clients()) == 22


@pytest.mark.parametrize("client", clients())
def test_no_secret_but_the_example_passwords(client: str) -> None:
    for one in captured(client):
        kind, _, value = one.request.headers.get("Authorization", "").partition(" ")
        secret = base64.b64decode(value).decode() if kind == "Basic" else value
        assert secret in ("", "alice@example.test:secret", "stub-token")


def test_bodies_are_what_their_length_says() -> None:
    for client in clients():
        for one in captured(client):
            assert len(one.request.body) == int(one.request.headers.get("Content-Length", "0"))
