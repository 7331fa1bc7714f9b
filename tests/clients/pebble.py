"""Pebble, the ACME authority that Let's Encrypt tests with, and its name server, each a process of this run."""

import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.clients.tls import authority
from tests.needs import program

HOST = "127.0.0.1"
_PATIENCE = timedelta(seconds=20)
_ENVIRONMENT = {
    "PEBBLE_VA_NOSLEEP": "1",  # it would wait up to 15 seconds before it looks
    "PEBBLE_VA_ALWAYS_VALID": "0",
    "PEBBLE_WFE_NONCEREJECT": "0",  # by chance, which a test cannot have
    "PEBBLE_AUTHZREUSE": "0",  # every order proves its names anew
}


@dataclass(frozen=True, slots=True)
class Pebble:
    """``ca`` signed its web server; ``http_port`` is where it asks for http-01."""

    directory_url: str
    ca: Path
    http_port: int
    management: str
    names: str

    def root(self) -> str:
        """The certificate (PEM) that stands above what it issues."""
        trusted = ssl.create_default_context(cafile=self.ca)
        with urllib.request.urlopen(f"{self.management}/roots/0", context=trusted, timeout=5) as answer:
            return str(answer.read().decode())

    def resolve_to(self, address: str) -> None:
        """Every name has ``address`` from now on."""
        body = json.dumps({"ip": address}).encode()
        with urllib.request.urlopen(f"{self.names}/set-default-ipv4", data=body, timeout=5):
            pass


@contextmanager
def pebble(directory: Path, *, accounts: dict[str, str] | None = None) -> Iterator[Pebble]:
    """Both processes while they run. ``accounts`` are keys of accounts by their identifiers: then it demands one."""
    programs = program("pebble"), program("pebble-challtestsrv")
    authority(directory)
    acme, management, http, dns, names = _free_ports(5)
    settings = {
        "listenAddress": f"{HOST}:{acme}",
        "managementListenAddress": f"{HOST}:{management}",
        "certificate": str(directory / "chain.pem"),
        "privateKey": str(directory / "key.pem"),
        "httpPort": http,
        "tlsPort": 1,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": accounts is not None,
        "externalAccountMACKeys": accounts or {},
    }
    path = directory / "pebble.json"
    path.write_text(json.dumps({"pebble": settings}), "utf-8")
    resolver = [programs[1], "-dns01", f"{HOST}:{dns}", "-management", f"{HOST}:{names}", "-defaultIPv6", ""]
    resolver += ["-http01", "", "-https01", "", "-tlsalpn01", ""]
    server = [programs[0], "-config", str(path), "-dnsserver", f"{HOST}:{dns}"]
    log = directory / "pebble.log"
    with _running(resolver, log), _running(server, log):
        _wait_for(acme, management, names, log=log)
        yield Pebble(
            f"https://{HOST}:{acme}/dir",
            directory / "ca.pem",
            http,
            f"https://{HOST}:{management}",
            f"http://{HOST}:{names}",
        )


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, **_ENVIRONMENT})
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(*ports: int, log: Path) -> None:
    end = datetime.now() + _PATIENCE  # noqa: DTZ005 - a length of time
    for port in ports:
        while True:
            try:
                socket.create_connection((HOST, port), timeout=1).close()
                break
            except OSError:
                assert datetime.now() < end, log.read_text("utf-8", "replace")  # noqa: DTZ005 - as above
                time.sleep(0.05)


def _free_ports(number: int) -> list[int]:
    listeners = [socket.create_server((HOST, 0)) for _ in range(number)]
    try:
        return [int(listener.getsockname()[1]) for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()
