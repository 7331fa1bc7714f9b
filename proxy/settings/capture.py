"""[capture]: where requests are kept when an administrator asks for it; without the section they never are."""

from pathlib import Path

from pydantic import Field

from proxy.settings.words import Section


class CaptureSettings(Section):
    """[capture]: off unless written, and then still off until `busyline capture CALLER` begins one."""

    directory: Path = Field(
        description="where `busyline capture` leaves its orders and the server what it kept; for one server alone",
        examples=["captures"],
    )
