"""A real Active Directory domain for one run: Samba's, its KDC alone, on a loopback address and a port of its own."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.needs import missing, program

ADDRESS = "127.0.0.88"  # out of the way of whatever else is on loopback
REALM = "FABRIKAM.EXAMPLE"
SERVICE = "HTTP/mail.fabrikam.example"
USER, PASSWORD = "svc-busyline@fabrikam.example", "Kerberos-2026!"
_PATIENCE = 60.0

_SETTINGS = """
    server services = {services}
    krb5 port = {kdc}
    kpasswd port = {kpasswd}
    pid directory = {directory}/run
    ncalrpc dir = {directory}/ncalrpc
    log file = {directory}/samba.log
{more}
"""
_KRB5 = """
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = {address}:{port}
    }}
"""


@dataclass(frozen=True, slots=True)
class Domain:
    """``krb5_conf`` leads to it; ``service_keytab`` is of SERVICE, ``user_keytab`` of USER."""

    krb5_conf: Path
    service_keytab: Path
    user_keytab: Path


@contextmanager
def domain(
    directory: Path,
    *,
    address: str = ADDRESS,
    services: str = "kdc",
    more: str = "",
    prepare: Callable[[str, Path], None] = lambda tool, configuration: None,
) -> Iterator[Domain]:
    """The domain while it runs, with its files in ``directory``.

    ``services`` of Samba's, ``more`` lines for its configuration; ``prepare`` gets samba-tool and that configuration
    before the start."""
    tool, server = program("samba-tool"), program("samba")
    if os.geteuid() != 0:
        missing("root, as which a Samba domain is made")
    if not Path("/usr/share/samba/setup").is_dir():
        missing("samba-ad-provision")
    _provision(tool, directory, address)
    found = Domain(directory / "krb5.conf", directory / "service.keytab", directory / "user.keytab")
    _populate(tool, directory, found)
    kdc, kpasswd = _free_port(address), _free_port(address)
    configuration = directory / "etc/smb.conf"
    prepare(tool, configuration)
    lines = [line for line in configuration.read_text().splitlines() if "server services" not in line]
    own = _SETTINGS.format(kdc=kdc, kpasswd=kpasswd, directory=directory, services=services, more=more)
    configuration.write_text("\n".join(lines).replace("[global]", "[global]" + own, 1))
    found.krb5_conf.write_text(_KRB5.format(realm=REALM, address=address, port=kdc))
    with (directory / "samba.out").open("wb") as out:
        command = [server, "--interactive", "--model=single", "--debug-stdout", f"--configfile={configuration}"]
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        _await_port(running, (address, kdc), directory / "samba.out")
        yield found
    finally:
        running.terminate()
        running.wait(_PATIENCE)


def _provision(tool: str, directory: Path, address: str) -> None:
    options = ["interfaces=" + address + "/8", "bind interfaces only=yes"]
    _run(
        *(tool, "domain", "provision", f"--targetdir={directory}", f"--realm={REALM}", "--domain=FABRIKAM"),
        *(
            "--server-role=dc",
            "--dns-backend=NONE",
            "--host-name=dc",
            f"--host-ip={address}",
            "--adminpass=Admin-2026!",
        ),
        *(f"--option={option}" for option in options),
    )


def _populate(tool: str, directory: Path, found: Domain) -> None:
    at = f"--configfile={directory / 'etc/smb.conf'}"
    user = USER.partition("@")[0]
    _run(tool, "user", "create", user, PASSWORD, at)
    _run(tool, "user", "create", "svc-web", "Web-server-2026!", at)
    _run(tool, "spn", "add", SERVICE, "svc-web", at)
    for path, principal in ((found.service_keytab, SERVICE), (found.user_keytab, f"{user}@{REALM}")):
        _run(tool, "domain", "exportkeytab", str(path), f"--principal={principal}", at)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:3]}: {done.stderr[-2000:]}")


def _free_port(address: str) -> int:
    """One that is free for TCP; Samba takes the same of UDP."""
    with socket.socket() as listener:
        listener.bind((address, 0))
        return int(listener.getsockname()[1])


def _await_port(running: subprocess.Popen[bytes], at: tuple[str, int], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while running.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(at, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the KDC does not listen: {log.read_text(errors='replace')[-2000:]}")
