"""[ledger]: a record of which caller looked at whom, for those who must account for it."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from service.durations import Days
from service.secrets import SecretReference
from service.sizes import ByteCount
from service.words import Section, Switch


def _a_day(keep: timedelta) -> timedelta:
    if not keep:
        raise ValueError('nothing would be kept: write at least "1d", or leave the section out')
    return keep


class LedgerSettings(Section):
    """[ledger]: which caller looked at whom, when, through what, with what verdict; off unless it is written."""

    directory: Path = Field(description="where its files lie; for Busyline's user alone", examples=["ledger"])
    keep: Annotated[Days, AfterValidator(_a_day)] = Field(
        timedelta(days=30), description="how long an entry is kept, to the end of its day (UTC)"
    )
    rotate: ByteCount = Field(67_108_864, description="a new file every day, and when one has grown this large")
    pseudonyms: Switch = Field(False, description="write keyed pseudonyms instead of addresses")
    key: SecretReference | None = Field(
        None,
        description="the key of the pseudonyms, 32 random characters or more; whoever has it can look people up",
        examples=["file:ledger.key"],
    )
    required: Switch = Field(False, description="answer nobody (server busy) while the ledger cannot be written")

    @model_validator(mode="after")
    def _pseudonyms_need_a_key(self) -> Self:
        if self.pseudonyms and self.key is None:
            raise ValueError('pseudonyms need a key: write key = "file:ledger.key", made by `openssl rand -hex 32`')
        return self
