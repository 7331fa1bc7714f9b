"""Radicale, Xandikos and Cyrus IMAP, each a process of this run on a free port, holding the twelve calendars."""

import base64
import getpass
import grp
import http.client
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.clients.twelve_calendars import BERLIN, CROWDED, DOMAIN, OWNERS, Collection, Owner, icalendar
from tests.needs import missing

HOST = "127.0.0.1"
PASSWORD = "of-busyline"
MOST_OCCURRENCES = 20  # of one event, before Radicale answers 400
_PATIENCE = 20.0  # seconds
_CYRUS = Path("/usr/lib/cyrus/bin")
_PASSWORDS = Path("/usr/sbin/saslpasswd2")
_NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
_TRANSPARENT = (
    f"<D:propertyupdate {_NAMES}><D:set><D:prop><C:schedule-calendar-transp><C:transparent/>"
    "</C:schedule-calendar-transp></D:prop></D:set></D:propertyupdate>"
).encode()


@dataclass(frozen=True, slots=True)
class CaldavServer:
    """A running server: where it is, what a connector to it needs beside protocol and url, and what auto finds there.

    ``reader`` is what it needs where events or single calendars of one person are read.
    """

    name: str
    url: str
    settings: dict[str, Any]
    reader: Callable[[str], dict[str, Any]]
    best: str


@contextmanager
def radicale(directory: Path) -> Iterator[CaldavServer]:
    """Radicale: no search for people and no outbox; our account reads everything by the rights file."""
    port = free_port()
    (directory / "users").write_text(f"busyline:{PASSWORD}\n")
    (directory / "rights").write_text("[all]\nuser: .+\ncollection: .*\npermissions: RrWw\n")
    (directory / "config").write_text(
        f"[server]\nhosts = {HOST}:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {directory}/users\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[rights]\ntype = from_file\nfile = {directory}/rights\n"
        f"[storage]\nfilesystem_folder = {directory}/collections\n[web]\ntype = none\n[logging]\nlevel = warning\n"
        f"[reporting]\nmax_freebusy_occurrence = {MOST_OCCURRENCES}\n"
    )
    with running([sys.executable, "-m", "radicale", "--config", f"{directory}/config"], directory, port):
        for owner in (*OWNERS, CROWDED):
            _send(port, "busyline", "MKCOL", f"/{owner.name}/", b"", 201)
        _fill(port, lambda owner, name: f"/{owner}/{name}/", lambda _: "busyline", (*OWNERS, CROWDED))
        settings = {"auth": _auth(), "home": "/{local}/"}
        yield CaldavServer("radicale", f"http://{HOST}:{port}", settings, lambda _: settings, "expand")


@contextmanager
def xandikos(directory: Path) -> Iterator[CaldavServer]:
    """Xandikos as it is run for one user, which asks nobody for a password; its outbox answers for its owner alone."""
    port = free_port()
    root = directory / "root"
    for owner in OWNERS:
        (root / owner.name).mkdir(parents=True)
    command = [sys.executable, "-m", "xandikos", "serve", "-d", str(root), "--defaults", "-l", HOST, "-p", str(port)]
    command += ["--current-user-principal", "/busyline/", "--no-detect-systemd", "--state-dir", str(directory)]
    with running(command, directory, port):
        _fill(port, lambda owner, name: f"/{owner}/{name}/", lambda _: "")
        settings = {"home": "/{local}/"}
        yield CaldavServer("xandikos", f"http://{HOST}:{port}", settings, lambda _: settings, "report")


@contextmanager
def cyrus(_: Path) -> Iterator[CaldavServer]:
    """Cyrus IMAP: a real outbox. It serves nobody as root, so its files lie where its own user reaches them."""
    for needed in (_CYRUS / "httpd", _CYRUS / "imapd", _PASSWORDS):
        if not needed.exists():
            missing(f"{needed} (Debian: cyrus-caldav, cyrus-imapd, sasl2-bin)")
    port, imap = free_port(), free_port()
    directory = Path(tempfile.mkdtemp(prefix="busyline-cyrus-"))
    try:
        for folder in ("db", "proc", "socket", "lock", "log", "sync", "ptclient"):
            (directory / "conf" / folder).mkdir(parents=True)
        (directory / "imapd.conf").write_text(_imapd_conf(directory))
        (directory / "cyrus.conf").write_text(_cyrus_conf(directory, port, imap))
        for name in ("busyline", *(owner.name for owner in OWNERS)):
            command = [str(_PASSWORDS), "-p", "-c", "-f", f"{directory}/sasldb2", "-u", "localhost", name]
            subprocess.run(command, input=f"{PASSWORD}\n".encode(), check=True, timeout=10)
        _give_away(directory)
        command = [f"{_CYRUS}/master", "-C", f"{directory}/imapd.conf", "-M", f"{directory}/cyrus.conf"]
        command += ["-p", f"{directory}/master.pid", "-D"]
        with running(command, directory, port, **_as_cyrus()):
            _log_in_once(imap)
            _fill(port, lambda owner, name: f"/dav/calendars/user/{owner}/{name}/", lambda owner: owner)
            # What belongs to others it shows below one's own home, at addresses that nobody can tell beforehand.
            yield CaldavServer(
                "cyrus", f"http://{HOST}:{port}", {"auth": _auth()}, lambda owner: {"auth": _auth(owner)}, "outbox"
            )
    finally:
        shutil.rmtree(directory, ignore_errors=True)


SERVERS = {"radicale": radicale, "xandikos": xandikos, "cyrus": cyrus}


def _auth(username: str = "busyline") -> dict[str, str]:
    return {"kind": "basic", "username": username, "password": "file:password"}


def _imapd_conf(directory: Path) -> str:
    user, group = _cyrus_names()
    return f"""configdirectory: {directory}/conf
partition-default: {directory}/spool
defaultpartition: default
cyrus_user: {user}
cyrus_group: {group}
servername: localhost
virtdomains: userid
defaultdomain: {DOMAIN}
unixhierarchysep: yes
altnamespace: no
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {directory}/sasldb2
sasl_mech_list: PLAIN
allowplaintext: yes
httpmodules: caldav
calendar_user_address_set: {DOMAIN}
autocreate_users: anyone
autocreate_quota: 0
"""


def _cyrus_conf(directory: Path, port: int, imap: int) -> str:
    settings = f"-C {directory}/imapd.conf"
    return f"""START {{
  recover cmd="{_CYRUS}/ctl_cyrusdb {settings} -r"
}}
SERVICES {{
  http cmd="{_CYRUS}/httpd {settings}" listen="{HOST}:{port}" prefork=8
  imap cmd="{_CYRUS}/imapd {settings}" listen="{HOST}:{imap}" prefork=1
}}
EVENTS {{
}}
"""


def _cyrus_names() -> tuple[str, str]:
    if os.geteuid() != 0:
        return getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    return "cyrus", grp.getgrgid(pwd.getpwnam("cyrus").pw_gid).gr_name


def _as_cyrus() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user, group = _cyrus_names()
    return {"user": user, "group": group, "extra_groups": []}


def _give_away(directory: Path) -> None:
    directory.chmod(0o755)
    if os.geteuid() == 0:
        user, group = _cyrus_names()
        for path in (directory, *directory.rglob("*")):
            shutil.chown(path, user, group)


def _log_in_once(port: int) -> None:
    """Everybody's first login makes their mailbox, without which there is no calendar."""
    _wait_for(port)
    for name in ("busyline", *(owner.name for owner in OWNERS)):
        with imaplib.IMAP4(HOST, port, timeout=_PATIENCE) as connection:
            connection.login(name, PASSWORD)


def _fill(
    port: int, place: Callable[[str, str], str], writer: Callable[[str], str], owners: Sequence[Owner] = OWNERS
) -> None:
    for owner in owners:
        for collection in owner.collections:
            path, user = place(owner.name, collection.name), writer(owner.name)
            _send(port, user, "MKCALENDAR", path, _mkcalendar(collection), 201)
            if collection.transparent:
                _send(port, user, "PROPPATCH", path, _TRANSPARENT, 207)  # which may say that it cannot be
            for number, lines in enumerate(collection.objects):
                uid = f"{owner.name}-{collection.name}-{number}"
                _send(port, user, "PUT", f"{path}{uid}.ics", icalendar(uid, lines), 201, kind="text/calendar")


def _mkcalendar(collection: Collection) -> bytes:
    zone = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Busyline//Tests//EN\n{BERLIN}END:VCALENDAR\n".replace("\n", "\r\n")
    properties = f"<D:displayname>{collection.name}</D:displayname><C:calendar-timezone>{zone}</C:calendar-timezone>"
    return f"<C:mkcalendar {_NAMES}><D:set><D:prop>{properties}</D:prop></D:set></C:mkcalendar>".encode()


def _send(
    port: int, user: str, method: str, path: str, body: bytes, *expected: int, kind: str = "application/xml"
) -> None:
    headers = {"Content-Type": f"{kind}; charset=utf-8"}
    if user:
        proof = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        headers["Authorization"] = f"Basic {proof}"
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        connection.request(method, quote(path), body, headers)
        answer = connection.getresponse()
        words = answer.read()
        assert answer.status in expected, (method, path, answer.status, words)
    finally:
        connection.close()


@contextmanager
def running(command: list[str], directory: Path, port: int, **knobs: Any) -> Iterator[None]:
    """The process in a session of its own: Cyrus's master ends its whole process group when it ends."""
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=directory, start_new_session=True, **knobs
        )
    try:
        _wait_for(port, process, directory / "log")
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes] | None" = None, log: Path | None = None) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() > until:
                raise AssertionError(log.read_text("utf-8", "replace") if log else "nobody listens") from None
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
