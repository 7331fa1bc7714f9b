"""[capture]: where requests are kept when an administrator asks for it; without the section they never are."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from service.durations import Days
from service.sizes import ByteCount
from service.words import Section

_SMALLEST = 65_536


def _a_day(keep: timedelta) -> timedelta:
    if not keep:
        raise ValueError('nothing would be kept: write at least "1d", or leave the section out')
    return keep


def _some_requests(size: int) -> int:
    if size < _SMALLEST:
        raise ValueError('hardly a request would fit: write at least "64KiB"')
    return size


class CaptureSettings(Section):
    """[capture]: off unless written, and then still off until `busyline capture CALLER` begins one."""

    directory: Path = Field(
        description="where `busyline capture` leaves its orders and the server what it kept; for one server alone",
        examples=["captures"],
    )
    keep: Annotated[Days, AfterValidator(_a_day)] = Field(
        timedelta(days=30), description="how long a capture is kept after its begin; the server removes older ones"
    )
    max_size: Annotated[ByteCount, AfterValidator(_some_requests)] = Field(
        67_108_864, description="how large the file of one capture grows at most; then the capture ends"
    )
