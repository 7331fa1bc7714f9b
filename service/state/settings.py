"""[state]: where the syncs remember what they agreed on and did."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from service.durations import Days
from service.secrets import Reference, SecretReference
from service.words import Section

SQLITE, POSTGRESQL = "sqlite:", "postgresql://"
_WRITE = 'write "sqlite:PATH", "postgresql://USER@HOST/DATABASE", or where that stands: "env:NAME" or "file:path"'


def _database(written: object) -> str | Reference:
    if isinstance(written, Reference):
        return written
    text = written.strip() if isinstance(written, str) else ""
    if text.startswith(SQLITE) and text != SQLITE:
        return text
    if text.startswith(POSTGRESQL):
        if ("@" in text and ":" in text.removeprefix(POSTGRESQL).rpartition("@")[0]) or "password=" in urlsplit(
            text
        ).query:
            raise ValueError('a password is never written here: leave it out, and write password = "env:NAME"')
        return text
    if text.startswith(("env:", "file:")):
        return Reference.parse(text)
    raise ValueError(f"names no database: {_WRITE}")


class StateSettings(Section):
    """[state]: the database of the syncs; a file by default, PostgreSQL (in UTF8) where several nodes share it."""

    database: Annotated[
        str | Reference, BeforeValidator(_database), PlainSerializer(str), WithJsonSchema({"type": "string"})
    ] = Field(
        "sqlite:busyline.db",
        description='"sqlite:PATH", relative to this file, or "postgresql://USER@HOST/DATABASE"; or where that stands:'
        ' "env:NAME", "file:path"',
    )
    password: SecretReference | None = Field(
        None, description="the password of PostgreSQL", examples=["env:BUSYLINE_STATE_PASSWORD"]
    )
    keep: Days = Field(timedelta(days=90), description="how long the history of runs is kept, without which no undo")
