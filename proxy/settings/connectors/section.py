"""What every connector's section has."""

from datetime import timedelta

from pydantic import Field

from proxy.settings.directory import DirectorySettings
from proxy.settings.rules import HoursTable
from proxy.settings.words import FilePath, Section
from service.durations import Duration


class PeerSection(Section):
    """What every connector has."""

    ca: FilePath | None = Field(None, description="a private CA that signed the other side's certificate (PEM)")
    private_network: bool = Field(
        False,
        description="its name may lead to an address in a private network; not needed where an IP address is written",
    )
    deadline: Duration = Field(
        timedelta(seconds=25),
        description="one call to the other side is cut after this long; no caller waits for it, but its answer is kept",
    )
    working_hours: HoursTable | None = Field(
        None,
        description="of everybody of whom the system tells none; as hours in [[rules]]",
        examples=[{"zone": "Europe/Berlin", "from": "08:00", "to": "17:00"}],
    )
    automatic_replies: bool = Field(
        False,
        description="read automatic replies (graph, ews, google) for callers with mailtips; needs one more permission",
    )
    directory: DirectorySettings | None = Field(None, description="its groups and rooms; only where written")
