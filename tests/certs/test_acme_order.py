"""What an authority that is none, or does not answer, is told as; real orders: tests/clients/test_acme.py."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from certs.acme_order import Authority, Order, check_installed
from certs.pair import CertificateError
from certs.signing_requests import fresh_key, signing_request
from tests.certs.authority import rsa_key

ACCOUNT = rsa_key()
REQUEST = signing_request(fresh_key("ecdsa"), ["busy.example.com"])


@contextmanager
def answering(status: int, content_type: str, body: bytes) -> Iterator[str]:
    """A web server that answers everything so."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/directory"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(url: str, **options: object) -> str:
    answers: dict[str, str] = {}
    authority = Authority(directory_url=url, timeout=timedelta(seconds=5), **options)  # type: ignore[arg-type]
    with pytest.raises(CertificateError) as raised:
        Order(authority=authority, account_key=ACCOUNT, answers=answers).issue(REQUEST)
    assert answers == {}
    return str(raised.value)


@pytest.mark.parametrize(
    ("status", "content_type", "body", "words"),
    [
        (200, "text/html", b"<html>", "what came is no ACME"),
        (200, "application/json", b"{}", "what came is no ACME"),
        (200, "application/json", b"[]", "what came is no ACME"),
        (404, "text/html", b"<html>", "what came is no ACME"),
        (503, "application/problem+json", b'{"type": "x", "detail": "down\\nfor  today"}', "refuses: down for today"),
        (503, "application/problem+json", b'{"type": "urn:ietf:params:acme:error:rateLimited"}', "refuses: "),
    ],
)
def test_what_is_no_authority(status: int, content_type: str, body: bytes, words: str) -> None:
    with answering(status, content_type, body) as url:
        assert words in told(url)


def test_what_cannot_be_reached() -> None:
    with answering(200, "text/html", b"") as url:
        pass
    assert told(url).endswith("the connection failed: may this machine reach it?")
    assert "127.0.0.1" in told(url)


def test_a_private_authority_that_is_no_file_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone.pem"
    assert told("https://localhost:1/dir", ca=gone) == f"there is no file {gone}"


def test_the_libraries_are_there() -> None:
    check_installed()


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})
    monkeypatch.delitem(__import__("sys").modules, "josepy", raising=False)
    with pytest.raises(CertificateError, match="run `make acme`"):
        check_installed()
