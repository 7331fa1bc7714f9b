"""[cluster]: the Redis or Valkey in which several nodes share what they have fetched; without it each is alone."""

from datetime import timedelta
from importlib.util import find_spec
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, model_validator

from service.durations import Duration, such_as
from service.secrets import SecretReference
from service.words import FilePath, Section, Switch

_EXAMPLE = 'write for example "rediss://redis.example.com:6379"'
_LONGEST_TIMEOUT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(seconds=10)


def _redis_url(text: str) -> str:
    if find_spec("redis") is None:
        raise ValueError(
            "this wants one more library: run `make cluster`, or on a server "
            "pip install --require-hashes -r requirements-cluster.lock"
        )
    parts = urlsplit(text if text.isprintable() else "")
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or not _port(parts):
        raise ValueError(f"not the address of a Redis: {_EXAMPLE}")
    if parts.username or parts.password:
        raise ValueError('an address here has no user and no password: write username = "…" and password = "env:NAME"')
    database = parts.path.strip("/")
    if parts.query or parts.fragment or (database and not (database.isascii() and database.isdigit())):
        raise ValueError(f"behind the address stands at most the number of a database: {_EXAMPLE}")
    return text.rstrip("/")


def _port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _brief(timeout: timedelta) -> timedelta:
    if timeout > _LONGEST_TIMEOUT:
        raise ValueError('callers wait for it: write at most "1s"')
    return timeout


def _bounded(wait: timedelta) -> timedelta:
    if wait > _LONGEST_WAIT:
        raise ValueError('callers wait for it: write at most "10s"')
    return wait


class ClusterSettings(Section):
    """[cluster]: shares what was fetched with other nodes over the Redis protocol; off unless it is written."""

    redis: Annotated[str, AfterValidator(_redis_url)] = Field(
        description="a Redis or Valkey that all nodes reach; rediss:// for TLS",
        examples=["rediss://redis.example.com:6379"],
    )
    username: str | None = Field(
        None, min_length=1, description="its user, where it has users of its own (ACL)", examples=["busyline"]
    )
    password: SecretReference | None = Field(None, description="its password", examples=["env:BUSYLINE_REDIS_PASSWORD"])
    ca: FilePath | None = Field(None, description="a private CA that signed its certificate (PEM)")
    key: SecretReference = Field(
        description="seals what is shared: 32 bytes, the same on all nodes, made by `openssl rand -hex 32`",
        examples=["file:cluster.key"],
    )
    details: Switch = Field(
        False, description="share subjects and places as well (encrypted); wants rediss:// and a password"
    )
    timeout: Annotated[Duration, such_as("50ms"), AfterValidator(_brief)] = Field(
        timedelta(milliseconds=50), description="without its answer for this long, the node goes on alone"
    )
    wait: Annotated[Duration, such_as("3s"), AfterValidator(_bounded)] = Field(
        timedelta(seconds=3), description="how long one node waits for what another is fetching before it asks itself"
    )

    @property
    def tls(self) -> bool:
        """Whether the way there is encrypted."""
        return self.redis.startswith("rediss:")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.username is not None and self.password is None:
            raise ValueError('username wants a password: write password = "env:BUSYLINE_REDIS_PASSWORD"')
        if self.ca is not None and not self.tls:
            raise ValueError("ca is for rediss:// alone: write rediss:// in redis, or leave ca out")
        if self.details and not (self.tls and self.password is not None):
            raise ValueError("details = true wants rediss:// in redis, and a password")
        return self
