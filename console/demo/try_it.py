"""What to try while the demo stays up: addresses, a curl line, and the other commands on the same configuration."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from shlex import quote

from console.configuration import FILE_NAME
from console.demo.merger import Merger
from console.demo.questions import now
from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.ews.request import encode
from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.wiring import POX_PATH

_WHOM = ("jack.thompson@northwind.example", "anna.schneider@contoso.example")


def try_it(m: Merger) -> Iterator[str]:
    """The lines to print; the body of the question is written beside the configuration."""
    body = m.directory / "question.xml"
    body.write_bytes(_question())
    config = m.directory / FILE_NAME
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
    for command in (f"lookup {' '.join(_WHOM)} --days 4", f"explain {_WHOM[0]}"):
        yield f"  busyline {command} --as fabrikam-exchange --config {quote(str(config))}"
    yield f"  busyline setup --config {quote(str(config))}"
    yield ""
    yield "Ctrl-C ends it."


def _question() -> bytes:
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    request = AvailabilityRequest(
        targets=tuple(Target(address, Mailbox.parse(address)) for address in _WHOM),
        question=Question(window=TimeWindow(midnight, midnight + timedelta(days=1)), interval=timedelta(minutes=30)),
        view=View.FREE_BUSY_MERGED,
        zone=UTC,
        server_version="Exchange2013",
    )
    return encode(request)
