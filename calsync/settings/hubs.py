"""[[hubs]]: which calendars, or folders of contacts, stay equal, and what a run may do without asking."""

from datetime import timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from calsync.rules import HubRules, Kind, SpokeRules
from calsync.settings.spokes import SpokeSettings
from service.durations import Duration
from service.jobs.cron import Schedule, ScheduleLine, ZoneName
from service.names import Name
from service.words import Number, Section, Switch, Whole

_USUALLY: Final = "*/15 * * * *"
_USUAL: Final = HubRules(name="hub", kind=Kind.CALENDAR, spokes=(SpokeRules(name="spoke"),))


class CreationsSettings(Section):
    """How many copies one run may make at a spoke: so many, or such a share of what stands, whichever is more."""

    count: Whole = Field(_USUAL.creations.count, ge=0, description="so many")
    share: Number = Field(_USUAL.creations.share, ge=0, description="such a share of what stands there")


class ChangesSettings(Section):
    """How many changes of people one run may carry to a spoke: so many, or such a share of what stands, whichever is
    more."""

    count: Whole = Field(_USUAL.changes.count, ge=0, description="so many")
    share: Number = Field(_USUAL.changes.share, ge=0, description="such a share of what stands there")


class DeletionsSettings(Section):
    """How many items one run may delete at a spoke, and how many copies of what is not given any more: so many, or such
    a share of what stands, whichever is more."""

    count: Whole = Field(_USUAL.deletions.count, ge=0, description="so many")
    share: Number = Field(_USUAL.deletions.share, ge=0, description="such a share of what stands there")


class HubGuardSettings(Section):
    """What stops a run before it writes anything; `--allow` lifts one of them for a run."""

    creations: CreationsSettings = CreationsSettings()
    changes: ChangesSettings = ChangesSettings()
    deletions: DeletionsSettings = DeletionsSettings()
    shrink: Number = Field(
        _USUAL.shrink, ge=0, le=1, description="a spoke that tells less than this share of what it told stops the run"
    )


class HubSettings(Section):
    """[[hubs]]: calendars, or folders of contacts, that stay equal. Its spokes are [hubs.spokes.NAME] below it."""

    name: Name = Field(description="stands in the stamp of every copy: never change it", examples=["merger"])
    kind: Literal["calendar", "contacts"] = Field("calendar", description="what it joins: calendar or contacts")
    spokes: dict[Name, SpokeSettings] = Field(
        description="one for each calendar or folder; in the order in which they win, where conflicts = order"
    )
    conflicts: Literal["hub", "newest", "order", "both"] = Field(
        "newest",
        description="whose version stays where two spokes change the same: newest; the spoke that stands first (order);"
        " neither (hub); or both, the other as an item of its own",
    )
    schedule: ScheduleLine = Field(
        default_factory=lambda: Schedule.parse(_USUALLY),
        description="when it runs by itself (busyline serve), as cron has it",
    )
    first: Literal["by hand", "by itself"] = Field(
        "by hand",
        description="its first run: by hand waits for busyline calendar sync, which shows the plan and asks; by itself"
        " lets busyline serve carry it out unseen",
    )
    zone: ZoneName = Field(ZoneInfo("UTC"), description="whose clocks the schedule goes by", examples=["Europe/Berlin"])
    notices: Switch = Field(
        True, description="also run at once where a spoke's server can tell of changes, with [hub_notifications]"
    )
    guards: HubGuardSettings = HubGuardSettings()
    loops: Whole = Field(
        _USUAL.loops, ge=1, description="so many copies of our copies by somebody else, and that spoke is paused"
    )
    whole_every: Duration = Field(
        timedelta(days=7), description="everything is read this often; in between, changes alone where a spoke can"
    )
