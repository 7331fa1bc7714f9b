"""A real Active Directory by LDAPS for one run: Samba's domain controller with a certificate, an account and units.

How it is made, each by samba-tool: ``domain provision``, ``user create``, ``group addmembers "Domain Admins"`` for the
account that writes, ``spn add ldap/dc.fabrikam.example DC$`` for tickets; and in smb.conf ``server services = ldap,
kdc``, the files of TLS, and ``ldap server require strong auth = allow_sasl_over_tls``, without which Samba 4.17 takes
no Kerberos over TLS. Its LDAP has no port to set: it listens at 636 and 389 of a loopback address of its own.
"""

import asyncio
import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protocols.ldap.operations import Add, Delete
from service.directory import DirectoryLine, is_available
from service.directory_sign_in import PasswordSignIn
from service.secrets import Secret
from tests.clients.domain import PASSWORD, REALM, USER, Domain, domain
from tests.clients.samba_schema import extend
from tests.clients.tls import authority
from tests.needs import missing

HOST = "dc.fabrikam.example"
BASE = "DC=fabrikam,DC=example"
READER, READER_PASSWORD = "svc-reader@fabrikam.example", "Reader-2026!"
PRINCIPAL = f"{USER.partition('@')[0]}@{REALM}"
_PATIENCE = 30.0
_SETTINGS = """
    ldap server require strong auth = allow_sasl_over_tls
    dsdb:schema update allowed = true
    tls enabled = yes
    tls keyfile = {tls}/key.pem
    tls certfile = {tls}/chain.pem
    tls cafile = {tls}/ca.pem
"""


@dataclass(frozen=True, slots=True)
class SambaDirectory:
    """``address`` listens at 636 and 389; ``ca`` signed its certificate, which is for :data:`HOST`."""

    address: str
    ca: Path
    domain: Domain


@contextmanager
def samba_directory(directory: Path, *, exchange: bool = False) -> Iterator[SambaDirectory]:
    """The directory while it runs. USER may write everywhere, READER has the rights of everybody.

    With ``exchange`` its schema is extended as :mod:`tests.clients.samba_schema` says.
    """
    if os.geteuid() != 0:
        missing("root, as which a Samba domain is made")
    if not is_available():
        missing("the extra ldap")
    tls = directory / "tls"
    tls.mkdir(parents=True)
    authority(tls, HOST)
    (tls / "key.pem").chmod(0o600)
    address = _free_address()
    more = _SETTINGS.format(tls=tls)
    with domain(directory, address=address, services="ldap, kdc", more=more, prepare=_prepare) as found:
        _await_port(address)
        running = SambaDirectory(address, tls / "ca.pem", found)
        asyncio.run(_begun(running, exchange))
        yield running


def line(found: SambaDirectory, user: str = USER, password: str = PASSWORD, **more: Any) -> DirectoryLine:
    """A line to it, signed in by password over LDAPS; ``more`` as DirectoryLine has it."""
    options: dict[str, Any] = {"name": HOST, "ca": found.ca, **more}
    return DirectoryLine(found.address, PasswordSignIn(user, Secret(password)), **options)


async def _begun(found: SambaDirectory, exchange: bool) -> None:
    """Something was deleted once: where nothing ever was, nobody can know whether they would be told."""
    async with line(found, "Administrator@fabrikam.example", "Admin-2026!") as directory:
        if exchange:
            await extend(directory.ask)
        name = f"OU=Old,{BASE}"
        (await directory.ask(Add(name, {"objectClass": [b"organizationalUnit"], "ou": [b"Old"]}))).checked()
        (await directory.ask(Delete(name))).checked()


def _prepare(tool: str, configuration: Path) -> None:
    at = f"--configfile={configuration}"
    _run(tool, "group", "addmembers", "Domain Admins", USER.partition("@")[0], at)
    _run(tool, "spn", "add", f"ldap/{HOST}", "DC$", at)
    _run(tool, "user", "create", READER.partition("@")[0], READER_PASSWORD, at)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:3]}: {done.stderr[-2000:]}")


def _free_address() -> str:
    """A loopback address at whose port 636 nobody listens."""
    for _ in range(50):
        address = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}.{random.randint(2, 250)}"
        with socket.socket() as listener:
            try:
                listener.bind((address, 636))
            except OSError:
                continue
            return address
    raise RuntimeError("no loopback address has a free port 636")


def _await_port(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((address, 636), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the directory does not listen")
