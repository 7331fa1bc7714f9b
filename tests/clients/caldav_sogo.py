"""SOGo as a process of this run on a free port, over a PostgreSQL and a memcached of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.clients.caldav_servers import HOST, PASSWORD, CaldavServer, free_port, running
from tests.clients.postgresql import PostgreSQL, postgresql
from tests.clients.twelve_calendars import DOMAIN, OWNERS
from tests.needs import missing, program

_SOGOD = Path("/usr/sbin/sogod")
_PEOPLE = """
CREATE TABLE people (c_uid text PRIMARY KEY, c_name text, c_password text, c_cn text, mail text)
"""


@contextmanager
def sogo(_: Path) -> Iterator[CaldavServer]:
    """SOGo, which would mail whoever is invited. It serves nobody as root, so its files lie where its own user reaches
    them."""
    if not _SOGOD.exists():
        missing(f"{_SOGOD} (Debian: sogo)")
    cache, port, memory = program("memcached"), free_port(), free_port()
    directory = Path(tempfile.mkdtemp(prefix="busyline-sogo-"))
    try:
        directory.chmod(0o755)
        home = directory / "home"
        home.mkdir()
        servant: dict[str, Any] = {}
        if os.geteuid() == 0:
            servant = {"user": "sogo", "group": "sogo", "extra_groups": []}
            shutil.chown(home, "sogo", "sogo")
        remembering = [cache, "-l", HOST, "-p", str(memory), *(["-u", "nobody"] if servant else [])]
        with postgresql() as database, running(remembering, directory, memory):
            command = [str(_SOGOD), *_settings(_tables(database), home, port, memory)]
            environment = {**os.environ, "HOME": str(home)}
            with running(command, directory, port, env=environment, **servant):
                yield CaldavServer("sogo", f"http://{HOST}:{port}", {}, lambda _: {}, "")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _tables(database: PostgreSQL) -> str:
    """The URL of its database, with a person for each owner."""
    database.command("CREATE ROLE sogo LOGIN SUPERUSER PASSWORD 'sogo'")
    database.command("CREATE DATABASE sogo OWNER sogo")
    rows = ", ".join(f"('{one.name}', '{one.name}', '{PASSWORD}', '{one.name}', '{one.address}')" for one in OWNERS)
    database.command(f"{_PEOPLE}; INSERT INTO people VALUES {rows}", "sogo")
    return f"postgresql://sogo:sogo@{HOST}:{database.port}/sogo"


def _settings(url: str, home: Path, port: int, memory: int) -> list[str]:
    source = f'{{type=sql; id=people; viewURL="{url}/people"; canAuthenticate=YES; isAddressBook=NO;'
    told = {
        "WOPort": f"{HOST}:{port}",
        "WOUseWatchDog": "NO",
        "WONoDetach": "YES",
        "WOWorkersCount": "1",
        "WOLogFile": "-",
        "WOPidFile": str(home / "pid"),
        "SOGoProfileURL": f"{url}/sogo_user_profile",
        "OCSFolderInfoURL": f"{url}/sogo_folder_info",
        "OCSSessionsFolderURL": f"{url}/sogo_sessions_folder",
        "SOGoMemcachedHost": f"{HOST}:{memory}",
        "SOGoUserSources": f"({source} userPasswordAlgorithm=plain; MailFieldNames=(mail); }})",
        "SOGoMailDomain": DOMAIN,
        "SOGoTimeZone": "Europe/Berlin",
        "SOGoAppointmentSendEMailNotifications": "YES",
    }
    return [part for name, value in told.items() for part in (f"-{name}", value)]
