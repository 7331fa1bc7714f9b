"""Two companies on a moving day: their people and address books in spreadsheets, and Gmail at the side that is left."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner

from console.gal.command import app as gal
from console.moves import app as moves
from console.surroundings import Surroundings
from console.terminal import EndingError
from protocols.google.mail_forwarding import SCOPES
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount

JACK, EMRE, EMILY = (f"{local}@northwind.example" for local in ("jack.thompson", "emre.demir", "emily.foster"))
NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
_PEER: Final = """\
[connectors.{name}]
protocol = "ews"
url = "http://127.0.0.1:9/EWS/Exchange.asmx"
auth = {{ kind = "basic", username = "u", password = "env:NOBODY" }}
[[routes]]
match = "{name}.example"
via = "{name}"
"""
_BOOKS: Final = """\
[[moves]]
name = "merger"
from = "northwind"
to = "contoso"
people = "file:moved.csv"
batches = "file:batches.csv"
rewrite = "{local}@contoso.example"
[directories.northwind-people]
protocol = "csv"
path = "northwind.csv"
[directories.contoso-people]
protocol = "csv"
path = "contoso.csv"
[directories.northwind-book]
protocol = "csv"
path = "northwind-book.csv"
[directories.contoso-book]
protocol = "csv"
path = "contoso-book.csv"
[[directory_syncs]]
name = "to-contoso"
from = "northwind-people"
to = "contoso-book"
as = "mail-contact"
moves = [{ name = "merger", side = "from" }]
[[directory_syncs]]
name = "to-northwind"
from = "contoso-people"
to = "northwind-book"
as = "mail-contact"
moves = [{ name = "merger", side = "to" }]
"""
_MAIL: Final = """\
[directories.northwind-mail]
protocol = "google"
service_account = "file:northwind.json"
subject = "{subject}"
gmail_url = "{url}"
[[move_forwarders]]
move = "merger"
at = "northwind-mail"
"""
_SERVER: Final = '[server]\npublic_url = "http://127.0.0.1:8080"\ncertificate.kind = "none"\n'


@dataclass(slots=True)
class MovingDay:
    """What an operator types in ``folder`` at ``now``, and what stands where afterwards."""

    folder: Path
    server: GoogleServer
    now: datetime = NOON
    out: str = ""
    err: str = ""
    _runner: CliRunner = field(default_factory=CliRunner)

    def types(self, *arguments: str, answers: str | None = None) -> int:
        """The exit code of ``busyline moves …`` or ``busyline gal …``; with ``answers`` somebody sits there."""
        around = Surroundings(clock=lambda: self.now, asks=answers is not None)
        room, *rest = arguments
        given = [*rest, "--config", str(self.folder / "busyline.toml")]
        app = {"moves": moves, "gal": gal}[room]
        result = self._runner.invoke(app, given, obj=around, input=answers)
        self.out, self.err = result.stdout, result.stderr
        if isinstance(result.exception, EndingError):
            self.err += str(result.exception)
            return result.exception.code
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What the command prints for programs."""
        assert self.types(*arguments, "--json") == code, self.err
        return json.loads(self.out)

    def later(self, **length: float) -> None:
        """Time passes."""
        self.now += timedelta(**length)

    def book(self, side: str) -> set[str]:
        """Who stands in the address book of a side."""
        path = self.folder / f"{side}-book.csv"
        if not path.exists():
            return set()
        head, *rows = path.read_text("utf-8-sig").splitlines()
        place = head.split(",").index("address")
        return {row.split(",")[place] for row in rows}

    @property
    def forwarded(self) -> dict[str, str]:
        """Where Gmail sends whose mail."""
        return {user: str(auto["emailAddress"]) for user, auto in self.server.forwarding.auto.items()}

    def write(self, name: str, *lines: str) -> None:
        """A file of the folder."""
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines))


@contextmanager
def served() -> Iterator[GoogleServer]:
    """Gmail in a thread of its own: commands want the main one for themselves."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = GoogleServer(Estate(date(2026, 11, 23)), account=ServiceAccount(scopes=SCOPES))

    def done(work: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(30)

    try:
        done(server.__aenter__())
        try:
            yield server
        finally:
            done(server.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@contextmanager
def moving_day(folder: Path, *, now: datetime = NOON) -> Iterator[MovingDay]:
    """Three people of Northwind, of whom two are to move as wave-1; the address books are filled already."""
    with served() as server:
        day = MovingDay(folder, server, now)
        (folder / "northwind.json").write_text(server.service_account_file())
        peers = "".join(_PEER.format(name=name) for name in ("northwind", "contoso"))
        mail = _MAIL.format(subject=JACK, url=server.url)
        (folder / "busyline.toml").write_text(_SERVER + peers + _BOOKS + mail)
        people = [f"{each.partition('@')[0]},{each},{each.partition('.')[0].title()}" for each in (JACK, EMRE, EMILY)]
        day.write("northwind.csv", "anchor,address,display_name", *people)
        new = [line.replace("northwind.example", "contoso.example") for line in people[:2]]
        day.write("contoso.csv", "anchor,address,display_name", "eve,eve@contoso.example,Eve", *new)
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},,wave-1", f"{EMRE},,wave-1", f"{EMILY},,wave-2")
        day.write("batches.csv", "batch,moved_at,rolled_back_at,resumed_at", "wave-1,,,", "wave-2,,,")
        for name in ("to-contoso", "to-northwind"):
            assert day.types("gal", "apply", name, "--yes") == 0, day.err
        yield day
