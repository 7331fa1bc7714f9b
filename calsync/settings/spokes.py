"""The spokes of the settings, by protocol."""

from typing import Annotated, TypeAlias

from pydantic import Field

from calsync.settings.caldav import CaldavSpoke, IcalSpoke
from calsync.settings.exchange import EwsSpoke
from calsync.settings.google import GoogleAccountSpoke, GoogleSpoke
from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke

SpokeSettings: TypeAlias = Annotated[
    GoogleSpoke | GoogleAccountSpoke | GraphSpoke | GraphAccountSpoke | EwsSpoke | CaldavSpoke | IcalSpoke,
    Field(discriminator="protocol"),
]
