"""A real Apache that asks for Kerberos (mod_auth_gssapi) and passes who comes in to the simulated Exchange."""

import base64
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulation.exchange import Account
from tests.clients.tls import Authority
from tests.needs import missing

_MODULES = Path("/usr/lib/apache2/modules")
_NAMES = (
    *("mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "headers", "proxy", "proxy_http"),
    *("socache_shmcb", "ssl"),
)
_PATIENCE = 20.0
_CONFIGURATION = """
ServerRoot {directory}
ServerName mail.fabrikam.example
PidFile {directory}/apache.pid
DefaultRuntimeDir {directory}
ErrorLog {directory}/error.log
Listen 127.0.0.1:{port}
{modules}
SSLEngine on
SSLCertificateFile {directory}/chain.pem
SSLCertificateKeyFile {directory}/key.pem
KeepAlive On
<Location "/">
    AuthType GSSAPI
    AuthName "mail.fabrikam.example"
    GssapiCredStore keytab:{directory}/service.keytab
    GssapiAcceptorName HTTP@mail.fabrikam.example
    GssapiSSLonly On
    GssapiPublishErrors On
    GssapiConnectionBound {bound}
    Require user {user}
    RequestHeader set X-Signed-In-As "expr=%{{REMOTE_USER}}"
    RequestHeader set Authorization "Basic {basic}"
    ProxyPass "{behind}/"
</Location>
"""


@contextmanager
def apache(
    behind: str, account: Account, tls: Authority, *, keytab: Path, krb5_conf: Path, user: str, bound: bool = False
) -> Iterator[str]:
    """The address of an Apache before ``behind``, at which it signs in as ``account``.

    ``keytab`` is of the service; ``user`` is the one principal let in. With ``bound`` a connection stays signed in.
    """
    program = shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or missing("apache2")
    if not (_MODULES / "mod_auth_gssapi.so").is_file():
        missing("libapache2-mod-auth-gssapi")
    with tempfile.TemporaryDirectory() as name:
        directory, owner = Path(name), _owner()
        for source in (keytab, krb5_conf, Path(tls.ca).parent / "chain.pem", Path(tls.ca).parent / "key.pem"):
            shutil.copy(source, directory)
        port = _free_port()
        pair = base64.b64encode(f"{account.username}:{account.password}".encode()).decode()
        modules = "\n".join(f"LoadModule {each}_module {_MODULES}/mod_{each}.so" for each in _NAMES)
        values = {"directory": directory, "port": port, "modules": modules, "user": user, "basic": pair}
        values |= {"behind": behind, "bound": "On" if bound else "Off"}
        (directory / "apache.conf").write_text(_CONFIGURATION.format(**values))
        for path in (directory, *directory.iterdir()):
            os.chown(path, *owner)
        running = subprocess.Popen(
            [program, "-f", directory / "apache.conf", "-DFOREGROUND"],
            env={"KRB5_CONFIG": str(directory / krb5_conf.name), "PATH": os.environ.get("PATH", "")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            user=owner[0],
            group=owner[1],
            extra_groups=[] if os.geteuid() == 0 else None,
        )
        try:
            _await_port(running, port, directory / "error.log")
            yield f"https://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(_PATIENCE)


def _owner() -> tuple[int, int]:
    """Nobody in particular: Apache needs no right of ours."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _await_port(running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while running.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    told = log.read_text(errors="replace")[-2000:] if log.exists() else "nothing"
    raise RuntimeError(f"Apache does not listen: {told}")
