"""sabre/dav, the engine of Nextcloud, ownCloud and Baikal, and DAViCal: each a PHP of this run on a free port."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.clients.caldav_servers import HOST, PASSWORD, CaldavServer, free_port, running
from tests.clients.postgresql import PostgreSQL, postgresql
from tests.clients.twelve_calendars import OWNERS
from tests.needs import missing, program

_SABRE = Path("/usr/share/php/Sabre")

_SERVER = """<?php
error_reporting(E_ERROR);
date_default_timezone_set('UTC');
require_once 'Sabre/autoload.php';
$pdo = new PDO('sqlite:' . getenv('BUSYLINE_DATABASE'), null, null, array(PDO::ATTR_TIMEOUT => 20));
$pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
class Passwords extends Sabre\\DAV\\Auth\\Backend\\AbstractBasic {
    protected function validateUserPass($username, $password) {
        return hash_equals(getenv('BUSYLINE_PASSWORD'), $password);
    }
}
$principals = new Sabre\\DAVACL\\PrincipalBackend\\PDO($pdo);
$server = new Sabre\\DAV\\Server(array(
    new Sabre\\CalDAV\\Principal\\Collection($principals),
    new Sabre\\CalDAV\\CalendarRootNode($principals, new Sabre\\CalDAV\\Backend\\PDO($pdo)),
));
$server->setBaseUri('/');
$server->addPlugin(new Sabre\\DAV\\Auth\\Plugin(new Passwords(), 'sabre'));
$server->addPlugin(new Sabre\\DAVACL\\Plugin());
$server->addPlugin(new Sabre\\CalDAV\\Plugin());
$server->exec();
"""
_TABLES = """
CREATE TABLE calendars (id integer primary key asc, principaluri text, displayname text, uri text, ctag integer,
    description text, calendarorder integer, calendarcolor text, timezone text, components text, transparent bool);
CREATE TABLE calendarobjects (id integer primary key asc, calendardata blob, uri text, calendarid integer,
    lastmodified integer, etag text, size integer, componenttype text, firstoccurence integer, lastoccurence integer);
CREATE TABLE principals (id integer primary key asc, uri text unique, email text, displayname text, vcardurl text);
CREATE TABLE groupmembers (id integer primary key asc, principal_id integer, member_id integer);
"""
_DAVICAL = Path("/usr/share/davical")
_AWL = Path("/usr/share/awl")
_ROUTER = """<?php
$found = explode('/caldav.php', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), 2);
if (count($found) < 2) { http_response_code(404); return; }
error_reporting(E_ERROR);
ini_set('display_errors', '0');
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/caldav.php';
$_SERVER['PATH_INFO'] = rawurldecode($found[1]);
chdir($_SERVER['DOCUMENT_ROOT']);
require 'caldav.php';
"""
_PERSON = """
INSERT INTO usr (active, email_ok, updated, username, password, fullname, email)
    VALUES (true, current_date, current_date, '{name}', '**{password}', '{name}', '{address}');
INSERT INTO principal (type_id, user_no, displayname, default_privileges)
    SELECT 1, user_no, fullname, 0::BIT(24) FROM usr WHERE username = '{name}';
"""


@contextmanager
def sabre(directory: Path) -> Iterator[CaldavServer]:
    """sabre/dav as Debian has it (1.8), over SQLite. It knows no sync-collection: changes are told by etags."""
    php = program("php")
    if not _SABRE.exists():
        missing(f"{_SABRE} (Debian: php-sabre-dav, php-sqlite3, php-xml, php-mbstring)")
    port, database = free_port(), directory / "calendars.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(_TABLES)
        rows = [(f"principals/{each.name}", each.address, each.name) for each in OWNERS]
        connection.executemany("INSERT INTO principals (uri, email, displayname) VALUES (?, ?, ?)", rows)
        connection.commit()
    script = directory / "server.php"
    script.write_text(_SERVER)
    environment = {**os.environ, "BUSYLINE_DATABASE": str(database), "BUSYLINE_PASSWORD": PASSWORD}
    with running([php, "-S", f"{HOST}:{port}", str(script)], directory, port, env=environment):
        yield CaldavServer("sabre", f"http://{HOST}:{port}", {}, lambda _: {}, "")


@contextmanager
def davical(directory: Path) -> Iterator[CaldavServer]:
    """DAViCal as Debian configures it, auto-schedule and all, over a PostgreSQL of its own."""
    php = program("php")
    for needed in (_DAVICAL, _AWL, Path("/etc/davical/config.php")):
        if not needed.exists():
            missing(f"{needed} (Debian: davical)")
    port, script = free_port(), directory / "router.php"
    script.write_text(_ROUTER)
    with postgresql() as database:
        environment = _tables(database)
        command = [php, "-S", f"{HOST}:{port}", "-t", str(_DAVICAL / "htdocs"), str(script)]
        with running(command, directory, port, env=environment):
            yield CaldavServer("davical", f"http://{HOST}:{port}", {}, lambda _: {}, "")


def _tables(database: PostgreSQL) -> dict[str, str]:
    """What DAViCal keeps, with a person for each owner; the environment in which it finds that."""
    here = {"PGHOST": HOST, "PGPORT": str(database.port), "PGPASSWORD": database.password}
    environment = {**os.environ, **here, "PGOPTIONS": "--client-min-messages=warning"}
    for name in ("davical_dba", "davical_app"):
        database.command(f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{database.password}'")
    database.command("CREATE DATABASE davical OWNER davical_dba")
    psql = [str(database.programs / "psql"), "-X", "-q", "-A", "-t", "-U", "davical_dba", "-d", "davical", "-f"]
    for script in (_AWL / "dba/awl-tables.sql", _AWL / "dba/schema-management.sql", _DAVICAL / "dba/davical.sql"):
        subprocess.run([*psql, str(script)], env=environment, check=True, capture_output=True, timeout=60)
    update = [str(_DAVICAL / "dba/update-davical-database"), "--dbhost", HOST, "--dbport", str(database.port)]
    update += ["--dbpass", database.password, "--nopatch", "--owner", "davical_dba"]
    subprocess.run(update, env=environment, check=True, capture_output=True, timeout=60)
    subprocess.run([*psql, str(_DAVICAL / "dba/base-data.sql")], env=environment, check=True, capture_output=True)
    for each in OWNERS:
        sql = _PERSON.format(name=each.name, password=PASSWORD, address=each.address)
        database.command(sql, "davical")
    return environment


PHP = {"sabre": sabre, "davical": davical}
