"""Why the server cannot start: by file or by key, with a remedy, and never as Python prints it."""

import errno
import socket

import pytest

from console.start_errors import start_error
from proxy.settings.server import ServerSettings

FAILED = OSError(errno.EADDRINUSE, "error while attempting to bind on address ('127.0.0.1', 1)")


def settings(listen: str, metrics: str) -> ServerSettings:
    written = {"public_url": "http://127.0.0.1:1", "certificate": {"kind": "none"}}
    return ServerSettings.model_validate({**written, "listen": [listen], "metrics_listen": [metrics]})


def test_a_port_in_use_is_told_by_its_own_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        told = start_error(FAILED, settings("127.0.0.1:0", taken))
    assert told.startswith(f"server.metrics_listen: {taken}: Address already in use; another program listens there")


def test_two_keys_that_want_one_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = f"127.0.0.1:{other.getsockname()[1]}"
    told = start_error(FAILED, settings(free, free))
    assert told.startswith(f"server.metrics_listen: {free}: Address already in use")


@pytest.mark.parametrize(
    ("listen", "words"),
    [
        ("no-such-name.invalid:0", "this machine knows no such name"),
        ("192.0.2.1:0", "this machine has no such address"),  # RFC 5737: nobody's
    ],
)
def test_an_address_that_is_not_ours(listen: str, words: str) -> None:
    told = start_error(OSError(errno.EINVAL, "('x', 0)"), settings(listen, "127.0.0.1:0"))
    assert told.startswith(f"server.listen: {listen}: ")
    assert words in told


def test_a_file_is_told_by_its_path_and_the_rest_without_tuples() -> None:
    server = settings("127.0.0.1:0", "127.0.0.1:0")
    told = start_error(PermissionError(errno.EACCES, "Permission denied", "/etc/key.pem"), server)
    assert told.startswith("/etc/key.pem: Permission denied; mend the path or its permissions")
    assert start_error(FAILED, server) == "Address already in use; try `busyline check`"
