"""Why the server cannot start: by file or by key, with a remedy, and never as Python prints it."""

import errno
import socket
from pathlib import Path
from typing import Any

import pytest

from console.start_errors import start_error
from proxy.settings import ProxySettings
from service.addresses import ListenAddress

FAILED = OSError(errno.EADDRINUSE, "error while attempting to bind on address ('127.0.0.1', 1)")


HERE = Path("/etc/busyline")


def settings(listen: str = "127.0.0.1:0", metrics: str = "127.0.0.1:0", **sections: object) -> ProxySettings:
    written = {"public_url": "http://127.0.0.1:1", "certificate": {"kind": "none"}}
    server = {**written, "listen": [listen], "metrics_listen": [metrics]}
    return ProxySettings.model_validate({"server": server, **sections})


def test_a_port_in_use_is_told_by_its_own_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        told = start_error(FAILED, settings("127.0.0.1:0", taken), HERE)
    assert told.startswith(f"server.metrics_listen: {taken}: Address already in use; another program listens there")


def test_what_hears_elsewhere_is_told_by_the_key_of_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = ListenAddress("127.0.0.1", other.getsockname()[1])
        places = {"hub_notifications.listen": (taken,)}
        told = start_error(FAILED, settings(str(taken)), HERE, places=places)
    assert told.startswith(f"hub_notifications.listen: {taken}: Address already in use")
    assert "server.listen" not in told


def test_two_keys_that_want_one_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = f"127.0.0.1:{other.getsockname()[1]}"
    told = start_error(FAILED, settings(free, free), HERE)
    assert told.startswith(f"server.metrics_listen: {free}: Address already in use")


@pytest.mark.parametrize(
    ("listen", "words"),
    [
        ("no-such-name.invalid:0", "this machine knows no such name"),
        ("192.0.2.1:0", "this machine has no such address"),  # RFC 5737: nobody's
    ],
)
def test_an_address_that_is_not_ours(listen: str, words: str) -> None:
    told = start_error(OSError(errno.EINVAL, "('x', 0)"), settings(listen, "127.0.0.1:0"), HERE)
    assert told.startswith(f"server.listen: {listen}: ")
    assert words in told


def test_a_file_is_told_by_its_path_and_the_rest_without_tuples() -> None:
    server = settings("127.0.0.1:0", "127.0.0.1:0")
    told = start_error(PermissionError(errno.EACCES, "Permission denied", "/etc/key.pem"), server, HERE)
    assert told.startswith("/etc/key.pem: Permission denied; mend the path or its permissions")
    assert start_error(FAILED, server, HERE) == "Address already in use; try `busyline check`"


@pytest.mark.parametrize(
    ("sections", "path", "key"),
    [
        ({"ledger": {"directory": "ledger"}}, "/etc/busyline/ledger", "ledger.directory"),
        ({"ledger": {"directory": "/var/l/ledger"}}, "/var/l", "ledger.directory"),  # could not be made
        ({"capture": {"directory": "captures"}}, "/etc/busyline/captures/orders", "capture.directory"),
        ({}, "/etc/busyline/tokens/keys.lock", "tokens.directory"),
    ],
)
def test_a_directory_that_cannot_be_written_is_told_by_its_key_and_for_which_user(
    sections: dict[str, Any], path: str, key: str
) -> None:
    told = start_error(PermissionError(errno.EACCES, "Permission denied", path), settings(**sections), HERE)
    assert told.startswith(f"{key}: {path}: Permission denied; let the user that Busyline runs as (here ")
    assert "/var/lib/busyline/" in told
    assert "busyline check" not in told
