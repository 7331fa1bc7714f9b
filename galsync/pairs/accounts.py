"""The state of an account as text: who it is, whether it is ours, whether anybody may sign in, and its licences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``key`` is its id, "" for one that is to be made; ``skus`` are its licences, in order. ``make`` says of one that
    is to be made what it is made with, by name, and ``sign_in`` under which name it stands; neither is a part of what
    an account is."""

    key: str = ""
    stamp: str
    enabled: bool
    skus: tuple[str, ...] = ()
    make: Mapping[str, str] = field(default_factory=dict, compare=False)
    sign_in: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """In one line; :func:`read` gives it back."""
        told: dict[str, Any] = {"key": self.key, "stamp": self.stamp, "enabled": self.enabled, "skus": list(self.skus)}
        told |= {"make": dict(self.make)} if self.make else {}
        told |= {"sign_in": self.sign_in} if self.sign_in else {}
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def read(text: str) -> Account | None:
    """What :attr:`Account.text` gave; None for "", where there is no account. Raises ValueError."""
    if not text:
        return None
    told = orjson.loads(text)
    return Account(**{**told, "skus": tuple(told["skus"])})


def same(one: str, other: str) -> bool:
    """Whether two states say the same of an account; of one that is to be made, whichever id it will have."""
    first, second = read(one), read(other)
    if first is None or second is None:
        return first is second
    either = first.key and second.key
    return first == second if either else replace(first, key="") == replace(second, key="")


def keyed(text: str, key: str) -> str:
    """The state of an account that was to be made, once it has its id: only an account with that id is it."""
    state = read(text)
    return replace(state, key=key).text if state and key else text


def given(was: str, did: str) -> tuple[str, frozenset[str]]:
    """Whom a step gave licences, by stamp, and which; "" and none for a step that took an account away."""
    after = read(did)
    return (after.stamp, frozenset(more_skus(was, did))) if after else ("", frozenset())


def ordered(skus: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(sorted({*skus}))


def more_skus(was: str, shall: str) -> tuple[str, ...]:
    """The licences that an account would get more."""
    before, after = read(was), read(shall)
    return ordered({*(after.skus if after else ())} - {*(before.skus if before else ())})
