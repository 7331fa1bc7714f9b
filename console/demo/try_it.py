"""What to try while the demo stays up: addresses, a curl line, and the other commands on the same configuration."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shlex import quote

from console.configuration import FILE_NAME
from console.demo.desks import HUB
from console.demo.merger import Merger
from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.ews.request import encode
from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.wiring.exchange_front import POX_PATH

_WHOM = ("jack.thompson@northwind.example", "anna.schneider@contoso.example")

SYNCS = ("contoso-to-northwind", "fabrikam-to-northwind", "northwind-to-phones")
"""Those of merger.toml, in its order."""
_FRIDAY = 4


def try_it(m: Merger) -> Iterator[str]:
    """The lines to print; the body of the question is written beside the configuration."""
    body = m.directory / "question.xml"
    day = next_working_day(m.estate.today)
    body.write_bytes(_question(day))
    config, program = m.directory / FILE_NAME, quote(started_by(sys.argv[0]))
    yield ""
    yield f"Questions      {m.ews_url}"
    yield f"Autodiscover   {m.url}{POX_PATH}"
    yield f"Metrics        {m.metrics_url}/metrics"
    yield f"Configuration  {config}"
    yield ""
    yield "Ask as Fabrikam's Exchange would:"
    credential = f"{m.username('fabrikam')}:{m.passwords['fabrikam']}"
    yield (
        f"  curl --cacert {quote(str(m.ca))} --user {quote(credential)} --header 'Content-Type: text/xml' "
        f"--data-binary @{quote(str(body))} {m.ews_url}"
    )
    yield "or with Busyline's own commands:"
    for command in (f"lookup {' '.join(_WHOM)} --from {day}", f"explain {_WHOM[0]} --from {day}"):
        yield f"  {program} {command} --as fabrikam-exchange --config {quote(str(config))}"
    yield f"  {program} setup --config {quote(str(config))}"
    yield ""
    yield "Fill the address books of the simulated companies (plan, apply, history, undo, purge):"
    for command in ("list", *(f"plan {sync}" for sync in SYNCS)):
        yield f"  {program} gal {command} --config {quote(str(config))}"
    yield "Keep the two calendars equal (plan, sync, why, history, purge):"
    for command in ("list", f"plan {HUB}"):
        yield f"  {program} calendar {command} --config {quote(str(config))}"
    yield ""
    yield "Ctrl-C ends it."


def started_by(program: str) -> str:
    """How this command was called, where that was by a file of its own name: it need not lie in $PATH."""
    return program if Path(program).name == "busyline" and Path(program).is_file() else "busyline"


def next_working_day(today: date) -> date:
    """The next day after ``today`` that is no Saturday and no Sunday: there is something to see."""
    return today + timedelta(days=max(1, 7 - today.weekday()) if today.weekday() >= _FRIDAY else 1)


def _question(day: date) -> bytes:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    request = AvailabilityRequest(
        targets=tuple(Target(address, Mailbox.parse(address)) for address in _WHOM),
        question=Question(window=TimeWindow(midnight, midnight + timedelta(days=1)), interval=timedelta(minutes=30)),
        view=View.FREE_BUSY_MERGED,
        zone=UTC,
        server_version="Exchange2013",
    )
    return encode(request)
